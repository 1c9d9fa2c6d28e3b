using KubeLab.Ansible;
using KubeLab.Bundles;
using KubeLab.Distributions;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Bundles;

/// <summary>A run that is told of a bundle: it serves it itself, and its playbook is led there.</summary>
[Collection(KubeLabProgram.NodeTurn)]
public sealed class UseBundleTests : IDisposable
{
    private const string Playbook = """
        - hosts: all
          gather_facts: false
          become: false
          tasks:
            - name: Say where from
              ansible.builtin.debug:
                msg: "kubelet from {{ dl_k8s_io_url }}"
        """;

    private readonly SampleBundle sample = new();
    private readonly TemporaryDirectory root = new();
    private readonly ServeOptions served = BundleServerTests.Options();

    public UseBundleTests()
    {
        foreach (var program in new[] { "nginx", "docker-registry", "skopeo", "start-stop-daemon", AnsibleFinder.Playbook })
            Programs.Require(program);
        KubeLabProgram.Prepare(root, Playbook);
    }

    public void Dispose()
    {
        root.Dispose();
        sample.Dispose();
    }

    [Fact]
    public async Task I_name_a_bundle_and_all_comes_from_it()
    {
        var folder = await BundleAsync();
        try
        {
            var run = await RunAsync("UseBundle", "InstallCluster", "--skip", "--bundle", folder);

            run.ExitCode.ShouldBe(0, run.StandardOutput);
            string.Concat(Directory.GetFiles(root.File("artifacts"), "ansible.log", SearchOption.AllDirectories).Select(File.ReadAllText))
                .ShouldContain($"kubelet from {served.Files}/dl.example");
            run.StandardOutput.ShouldContain("./build.sh ServeBundle --stop ");
            run.StandardOutput.ShouldContain($"--bundle '{folder}'");

            var again = await RunAsync("UseBundle", "InstallCluster", "--skip", "--bundle", folder);

            again.ExitCode.ShouldBe(0, again.StandardOutput);
            again.StandardOutput.ShouldContain($"is served on {served.Files}");
        }
        finally
        {
            await RunAsync("ServeBundle", "--stop", "--bundle", folder);
        }

        BundleServerTests.IsFree(served.Port).ShouldBeTrue();
    }

    [Fact]
    public async Task What_only_looks_at_nodes_leaves_their_apt_alone()
    {
        var folder = await BundleAsync();
        try
        {
            var looked = await RunAsync("ValidateNodes", "--redirect-packages", "--checks", "hosts", "--bundle", folder);

            looked.ExitCode.ShouldBe(0, looked.StandardOutput);
            looked.StandardOutput.ShouldContain($"is served on {served.Files}");

            // It has none to lead apt to, so that this test leads no machine's anywhere.
            var asked = await RunAsync("UseBundle", "--redirect-packages", "--bundle", folder);

            asked.ExitCode.ShouldBe(255, asked.StandardOutput);
            asked.StandardOutput.ShouldContain("has no packages");
        }
        finally
        {
            await RunAsync("ServeBundle", "--stop", "--bundle", folder);
        }
    }

    [Fact]
    public async Task The_next_command_has_all_that_made_this_one_what_it_is()
    {
        var folder = await BundleAsync();
        try
        {
            var run = await RunAsync("ServeBundle", "--background", "--bundle", folder);

            run.ExitCode.ShouldBe(0, run.StandardOutput);
            run.StandardOutput.ShouldContain(
                $"Next: ./build.sh Deploy --bundle '{folder}' --inventory mine --kubespray-path '{root.File("distribution")}' --address 127.0.0.1 --port {served.Port}");
        }
        finally
        {
            await RunAsync("ServeBundle", "--stop", "--bundle", folder);
        }
    }

    [Theory]
    [InlineData("no bundle", "There is no bundle in ")]
    [InlineData("distribution", "it is no bundle, or BundleArtifacts has not come to its end there.")]
    public async Task I_am_told_what_is_no_bundle(string folder, string expected)
    {
        var run = await RunAsync("InstallCluster", "--skip", "--bundle", root.File(folder));

        run.ExitCode.ShouldBe(255);
        run.StandardOutput.ShouldContain(expected);
        run.StandardOutput.ShouldNotContain("kubelet from");
    }

    [Fact]
    public async Task I_am_told_that_variables_of_my_own_go_into_the_inventory()
    {
        var run = await RunAsync("InstallCluster", "--skip", "--bundle", await BundleAsync(), "--extra-vars", "{\"a\": 1}");

        run.ExitCode.ShouldBe(255);
        run.StandardOutput.ShouldContain("--bundle and --extra-vars can't both be given");
    }

    // Made for this distribution, and in a folder with a blank.
    private async Task<string> BundleAsync()
    {
        var bundle = await sample.LoadAsync("kubelet");
        var tree = OfflineVariables.Fingerprint(Distribution.Open("kubespray", root.File("distribution")));
        File.WriteAllText(
            Path.Combine(bundle.Path, BundleManifest.FileName), RecordJson.Write(bundle.Manifest with { Tree = tree }));
        var folder = root.File("my bundle");
        Directory.Move(bundle.Path, folder);
        return folder;
    }

    private Task<CommandResult> RunAsync(params string[] arguments) => new CommandRunner().RunAsync(KubeLabProgram.Command(
        root.Path, new Dictionary<string, string?> { ["GITHUB_ACTIONS"] = null, ["HOME"] = root.Path },
        [.. arguments, "--inventory", "mine", "--kubespray-path", root.File("distribution"), "--address", "127.0.0.1", "--port", $"{served.Port}"]));
}
