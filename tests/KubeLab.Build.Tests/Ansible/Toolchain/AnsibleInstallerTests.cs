using System.Diagnostics;
using KubeLab.Ansible;
using KubeLab.Clusters;
using KubeLab.Distributions;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Ansible;

public sealed class AnsibleInstallerTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();
    private readonly StringWriter said = new();

    public AnsibleInstallerTests()
    {
        Programs.Require(AnsibleFinder.Playbook);
        directory.Write("distribution/cluster.yml", "---\n");
        Window("2.9.0", "99.0.0");
    }

    [Fact]
    public async Task I_use_the_systems_Ansible_where_it_fits_and_do_nothing_the_second_time()
    {
        var first = await EnsureAsync();
        said.GetStringBuilder().Clear();

        var second = await EnsureAsync();

        second.Toolchain.ShouldBe(first.Toolchain);
        second.Proof.Rows.ShouldBe(first.Proof.Rows);
        said.ToString().ShouldContain("already there, and proven");
        first.Toolchain.Origin.ShouldBe("the system's");
    }

    [Fact]
    public async Task I_am_told_the_window_what_was_found_and_the_ways_out()
    {
        Window("98.1.0", "98.2.0");

        var error = await Should.ThrowAsync<UserError>(() => EnsureAsync());

        error.Message.ShouldContain("98.1.0 up to, but not including, 98.2.0");
        error.Message.ShouldContain("playbooks/ansible_version.yml:5");
        error.Message.ShouldContain($"Ansible {(await SystemAnsibleAsync()).Version}, outside the window");
        error.Message.ShouldContain("Two ways out");
    }

    [Fact]
    public async Task I_get_the_exact_pins_in_an_environment_of_their_own_from_a_folder_of_wheels_instead_of_an_index()
    {
        var version = await PinnedAnsibleAsync("2.14");
        directory.Write("distribution/requirements-2.14.txt", $"ansible-core=={version}\n");

        var toolchain = (await EnsureAsync(new AnsibleSettings { Version = "2.14", Wheels = directory.File("wheels") })).Toolchain;

        toolchain.Origin.ShouldBe("requirements-2.14.txt");
        toolchain.Directory.ShouldStartWith(directory.File("cache"));
        toolchain.Version.ToString().ShouldBe(version);
        said.ToString().ShouldContain("--no-index --find-links");
    }

    [Fact]
    public async Task I_am_told_that_no_Python_here_fits_the_pinned_Ansible()
    {
        directory.Write("distribution/requirements.txt", "ansible-core==2.9.27\n");
        Window("98.1.0", "98.2.0");

        var error = await Should.ThrowAsync<UserError>(() => EnsureAsync());

        error.Message.ShouldMatch(@"requirements\.txt: its Ansible is made for Python 3\.5 to 3\.8, and on the PATH there is only Python 3\.\d+");
    }

    [Fact]
    public async Task I_need_no_collections_where_the_Ansible_lacks_none_of_those_that_are_asked_for()
    {
        directory.Write("distribution/galaxy.yml", "namespace: kubelab\nname: sample\nversion: 1.0.0\n");

        (await EnsureAsync()).Toolchain.GalaxyDirectory.ShouldBeNull();
    }

    [Fact]
    public async Task I_am_told_that_a_collection_is_missing_and_cannot_be_installed()
    {
        directory.Write("distribution/galaxy.yml", $"dependencies:\n  file://{directory.File("nowhere")}: '*'\n");

        var installed = await EnsureAsync();
        var error = await Should.ThrowAsync<UserError>(() => RequireAsync(installed));

        said.ToString().ShouldContain("Installing the collections of galaxy.yml failed");
        said.ToString().ShouldContain("lacks file://");
        error.Message.ShouldContain("is not installed");
        error.Message.ShouldContain("This brings it here: ");
        Directory.GetFileSystemEntries(directory.File("cache/galaxy")).ShouldBeEmpty();
    }

    [Fact]
    public async Task I_am_told_why_pins_cannot_be_installed_and_get_the_systems_Ansible_instead()
    {
        directory.Write("distribution/requirements.txt", $"--no-index\nansible-core==1.2.3\n");

        var toolchain = (await EnsureAsync()).Toolchain;

        toolchain.Origin.ShouldBe("the system's");
        said.ToString().ShouldContain("ansible-core==1.2.3");
        Directory.GetDirectories(directory.File("cache/venvs")).ShouldBeEmpty();
    }

    [Fact]
    public async Task I_get_the_roles_and_then_the_collections_of_the_version_that_I_ask_for()
    {
        await GalaxyAsync("2.14");

        var toolchain = (await EnsureAsync("2.14")).Toolchain;

        File.Exists(Path.Combine(toolchain.GalaxyDirectory!, "roles/sample/tasks/main.yml")).ShouldBeTrue();
        File.Exists(Path.Combine(toolchain.GalaxyDirectory!, "collections/ansible_collections/kubelab/sample/MANIFEST.json")).ShouldBeTrue();
        var output = said.ToString();
        output.IndexOf("role install", StringComparison.Ordinal).ShouldBeInRange(0, output.IndexOf("collection install", StringComparison.Ordinal));
        Directory.Exists(directory.File("home")).ShouldBeFalse();
    }

    [Fact]
    public async Task I_need_no_Galaxy_file_for_the_version_that_I_ask_for()
    {
        var toolchain = (await EnsureAsync("2.12")).Toolchain;

        toolchain.GalaxyDirectory.ShouldBeNull();
        said.ToString().ShouldContain("no requirements-2.12.txt or .yml");
    }

    [Fact]
    public async Task I_keep_nothing_of_roles_that_cannot_be_installed()
    {
        directory.Write("distribution/requirements-2.14.yml", $"roles:\n  - src: git+file://{directory.File("nowhere")}\n    name: sample\n");

        var error = await Should.ThrowAsync<UserError>(() => EnsureAsync("2.14"));

        error.Message.ShouldContain("requirements-2.14.yml");
        Directory.GetFileSystemEntries(directory.File("cache/galaxy")).ShouldBeEmpty();
    }

    public void Dispose()
    {
        directory.Dispose();
        said.Dispose();
    }

    private AnsibleInstaller Installer => new(new CommandRunner(), Consoles.Into(said), directory.File("cache"));

    private Distribution Small => Distribution.Open("a small one", directory.File("distribution"));

    private Task<InstalledAnsible> EnsureAsync(string? ansibleVersion = null) => EnsureAsync(new AnsibleSettings { Version = ansibleVersion });

    private Task<InstalledAnsible> EnsureAsync(AnsibleSettings settings) => Installer.EnsureAsync(Small, ToolchainScene.ClusterIn(directory, settings));

    private Task RequireAsync(InstalledAnsible installed) => Installer.RequireAsync(installed, Small);

    private static async Task<AnsibleToolchain> SystemAnsibleAsync() => (await new AnsibleFinder(new CommandRunner()).OnPathAsync())[0];

    private void Window(string minimum, string maximum) => directory.Write("distribution/playbooks/ansible_version.yml", $"""
        ---
        - name: Check Ansible version
          hosts: all
          vars:
            minimal_ansible_version: {minimum}
            maximal_ansible_version: {maximum}
        """);

    private async Task<string> PinnedAnsibleAsync(string ansibleVersion)
    {
        var version = await AnsibleWheel.WriteAsync(directory.File("wheels"), await SystemAnsibleAsync());
        var folder = new Uri(directory.File("wheels")).AbsoluteUri;
        directory.Write($"distribution/requirements-{ansibleVersion}.txt", $"--no-index\n--find-links {folder}\nansible-core=={version}\n");
        return version;
    }

    private async Task GalaxyAsync(string ansibleVersion)
    {
        Programs.Require("git");
        var role = directory.File("role");
        directory.Write("role/tasks/main.yml", "- name: Say something\n  ansible.builtin.debug:\n    msg: here\n");
        directory.Write("role/meta/main.yml", "galaxy_info:\n  author: KubeLab\n  description: A sample\n  license: MIT\n  min_ansible_version: '2.9'\ndependencies: []\n");
        (await RunAsync("git", "init", "-q", role)).ShouldBe(0);
        (await RunAsync("git", "-C", role, "add", ".")).ShouldBe(0);
        (await RunAsync("git", "-C", role, "-c", "user.name=KubeLab", "-c", "user.email=kubelab@example.invalid", "commit", "-q", "-m", "A sample")).ShouldBe(0);
        directory.Write("collection/galaxy.yml", "namespace: kubelab\nname: sample\nversion: 1.0.0\nreadme: README.md\nauthors: [KubeLab]\n");
        directory.Write("collection/README.md", "A sample\n");
        (await RunAsync("ansible-galaxy", "collection", "build", directory.File("collection"), "--output-path", directory.Path)).ShouldBe(0);
        directory.Write($"distribution/requirements-{ansibleVersion}.yml", $"""
            roles:
              - src: {new Uri(role).AbsoluteUri}
                scm: git
                name: sample
            collections:
              - name: {directory.File("kubelab-sample-1.0.0.tar.gz")}
                type: file
            """);
    }

    private static async Task<int> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync(), process.WaitForExitAsync());
        return process.ExitCode;
    }
}
