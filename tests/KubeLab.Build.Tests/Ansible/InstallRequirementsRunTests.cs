using KubeLab.Tests.Clusters;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Ansible;

/// <summary>KubeLab's program installs what a tree asks for, and a playbook of it then runs with that.</summary>
public sealed class InstallRequirementsRunTests : IDisposable
{
    // Takes the options that uv documents for the two commands and no others, and does by venv and pip what uv does.
    private const string Uv = """
        #!/bin/sh
        printf '%s\n' "$*" >>"$(dirname "$0")/asked"
        refuse() { echo "error: unexpected argument '$1' found" >&2; exit 2; }
        case "$1 $2" in
          'venv '*)
            shift
            while [ $# -gt 1 ]; do
              case $1 in --no-project) shift ;; --python) python=$2; shift 2 ;; *) refuse "$1" ;; esac
            done
            [ ! -e "$1" ] || { echo "error: Failed to create virtual environment" >&2; exit 2; }
            exec "$python" -m venv "$1" ;;
          'pip install'|'pip compile')
            verb=$2
            shift 2
            python= index= links= file= hashes= output=
            while [ $# -gt 0 ]; do
              case $verb$1 in
                *--no-index) index=--no-index; shift ;;
                *--python) python=$2; shift 2 ;;
                *--find-links) links=$2; shift 2 ;;
                install-r) file=$2; shift 2 ;;
                install--require-hashes) hashes=--require-hashes; shift ;;
                compile--generate-hashes|compile--no-header|compile--no-annotate) shift ;;
                compile--output-file) output=$2; shift 2 ;;
                compile/*) file=$1; shift ;;
                *) refuse "$1" ;;
              esac
            done
            [ "$verb" = install ] || {
              pins=$(cat "$file")
              hash=$(sha256sum "$links"/*.whl | cut -d' ' -f1)
              printf '%s \\\n    --hash=sha256:%s\n' "$pins" "$hash" >"$output"
              exit
            }
            exec "$python" -m pip install --disable-pip-version-check --no-input $hashes $index --find-links "$links" --requirement "$file" ;;
          *) refuse "$1" ;;
        esac

        """;

    private readonly TemporaryDirectory directory = new();

    [Fact]
    public async Task I_get_the_collections_of_galaxy_yml_where_there_is_ansible_core_alone_and_a_playbook_finds_them()
    {
        Programs.Require("ansible-playbook");
        await PrivateMachine.RequireAsync();
        KubeLabProgram.Prepare(directory, $"- name: Use it\n  hosts: all\n  gather_facts: false\n  become: false\n  vars:\n    written: '{directory.File("written")}'\n  roles:\n    - kubelab.sample.hello\n");
        directory.Write("distribution/galaxy.yml", "namespace: kubernetes_sigs\nname: kubespray\ndependencies:\n  kubelab.sample: '>=1.0.0,<2.0.0'\n");
        using var galaxy = new SmallGalaxy(await CollectionArchive.BuildAsync(directory, await RealAnsible.ToolchainAsync()));
        var environment = Environment("ANSIBLE_GALAXY_SERVER", galaxy.Address);

        var first = await RunAsync(environment, "InstallRequirements");
        galaxy.Dispose();
        var second = await RunAsync(environment, "InstallCluster", "--skip");

        first.ExitCode.ShouldBe(0, first.StandardOutput + first.StandardError);
        first.StandardOutput.ShouldContain("lacks kubelab.sample, which galaxy.yml asks for");
        second.ExitCode.ShouldBe(0, second.StandardOutput + second.StandardError);
        File.ReadAllText(directory.File("written")).ShouldBe("1.2.0");
        Directory.GetFiles(directory.File("cache/galaxy"), "MANIFEST.json", SearchOption.AllDirectories).ShouldHaveSingleItem();
        Path.Exists(directory.File("home/.ansible/collections")).ShouldBeFalse();
    }

    [Fact]
    public async Task I_get_the_exact_pins_by_uv_where_that_is_installed()
    {
        var version = await AnsibleWheel.WriteAsync(directory.File("wheels"), await RealAnsible.ToolchainAsync());
        KubeLabProgram.Prepare(directory, "- hosts: all\n");
        directory.Write("distribution/requirements-2.14.txt", $"ansible-core=={version}\n");
        directory.Write("distribution/requirements.txt", "ansible-core==1.2.3\n");
        File.SetUnixFileMode(directory.Write("bin/uv", Uv), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var environment = Environment("PATH", $"{directory.File("bin")}:{System.Environment.GetEnvironmentVariable("PATH")}");
        string[] arguments = ["InstallRequirements", "--ansible-version", "2.14", "--ansible-wheels", directory.File("wheels")];

        var first = await RunAsync(environment, arguments);
        var second = await RunAsync(environment, arguments);

        first.ExitCode.ShouldBe(0, first.StandardOutput + first.StandardError);
        var asked = File.ReadAllLines(directory.File("bin/asked"));
        asked.Length.ShouldBe(3);
        asked[0].ShouldMatch($"^venv --no-project --python python3[.0-9]* {directory.File("cache/venvs/")}");
        asked[1].ShouldContain("pip compile --generate-hashes");
        asked[1].ShouldEndWith($"/resolved.txt {directory.File("distribution/requirements-2.14.txt")}");
        asked[2].ShouldStartWith("pip install --require-hashes");
        asked[2].ShouldEndWith("/locked.txt");
        File.ReadAllText(directory.File("inventory/mine/toolchain.lock")).ShouldContain("\"resolver\": \"uv\"");
        second.StandardOutput.ShouldContain("already there");
    }

    [Fact]
    public async Task I_am_told_that_the_locale_is_not_UTF_8_and_the_one_command_that_mends_it()
    {
        Programs.Require("ansible-playbook");
        KubeLabProgram.Prepare(directory, "- hosts: all\n");
        // Python would otherwise take C for UTF-8 by itself (PEP 538 and 540).
        var environment = new Dictionary<string, string?>(Environment("LC_ALL", "C")) { ["PYTHONUTF8"] = "0", ["PYTHONCOERCECLOCALE"] = "0" };

        var run = await RunAsync(environment, "InstallRequirements");

        run.ExitCode.ShouldBe(255, run.StandardOutput + run.StandardError);
        $"{run.StandardOutput}{run.StandardError}".ShouldContain("This brings it here: export LC_ALL=C.UTF-8");
    }

    public void Dispose() => directory.Dispose();

    private Dictionary<string, string?> Environment(string name, string value) => new(StringComparer.Ordinal)
    {
        [name] = value,
        ["HOME"] = directory.File("home"),
        ["KUBELAB_CACHE"] = directory.File("cache"),
        ["GITHUB_ACTIONS"] = null,
        ["CI"] = null,
        ["NO_COLOR"] = "1",
        ["no_proxy"] = "127.0.0.1",
    };

    private async Task<CommandResult> RunAsync(Dictionary<string, string?> environment, params string[] arguments)
    {
        Directory.CreateDirectory(directory.File("home"));
        var command = KubeLabProgram.Command(directory.Path, environment, [.. arguments, "--inventory", "mine", "--kubespray-path", directory.File("distribution")]);
        return await new CommandRunner().RunAsync(arguments.Contains("InstallCluster") ? PrivateMachine.Within(directory, command) : command);
    }
}
