using KubeLab.Clusters;
using KubeLab.Records;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Records;

/// <summary>A run with sudo, and one without after it: what the one makes, the other may write to.</summary>
public sealed class ArtifactsFolderTests : IDisposable
{
    // nobody, on every Linux.
    private const string Somebody = "65534";
    private readonly TemporaryDirectory root = new();

    [Fact]
    public async Task What_a_run_with_sudo_makes_belongs_to_the_owner_of_the_checkout()
    {
        await RequireAsync();
        root.Write("inventory/mine/inventory.ini", "");
        await ShellAsync($"chown -R {Somebody} '{root.Path}'");
        root.Write("artifacts/mine/runs/2026-01-01T00-00-00Z/run.json", "{}");
        root.Write("inventory/mine/artifacts/kubectl", "");
        File.CreateSymbolicLink(root.File("artifacts/mine/link"), "/etc/hostname");

        (await ArtifactsFolder.HandOverAsync(new CommandRunner(), root.Path, root.File("artifacts"), root.File("inventory/mine/artifacts"), root.File("nowhere"))).ShouldBeNull();

        (await ShellAsync($"find '{root.Path}' ! -user {Somebody}")).ShouldBeEmpty();
        (await ShellAsync("stat -c %u /etc/hostname")).ShouldBe("0");
    }

    [Fact]
    public async Task A_refused_run_with_sudo_leaves_nothing_that_a_run_without_stumbles_over()
    {
        await RequireAsync();
        KubeLabProgram.Prepare(root, "- hosts: all\n");
        await ShellAsync($"chown -R {Somebody} '{root.Path}'");

        var run = await new CommandRunner().RunAsync(KubeLabProgram.Command(
            root.Path, new Dictionary<string, string?> { ["NO_COLOR"] = "1" }, "Reset", "--inventory", "mine", "--kubespray-path", root.File("distribution")));

        run.ExitCode.ShouldNotBe(0);
        File.Exists(Directory.GetDirectories(root.File("artifacts/mine/runs")).ShouldHaveSingleItem() + "/report.html").ShouldBeTrue();
        (await ShellAsync($"find '{root.File("artifacts")}' ! -user {Somebody}")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("artifacts")]
    [InlineData("artifacts/mine/runs")]
    public async Task I_am_told_how_to_take_over_what_another_user_has_made(string theirs)
    {
        await RequireAsync();
        Programs.Require("setpriv");
        KubeLabProgram.Prepare(root, "- hosts: all\n");
        Directory.CreateDirectory(root.File(theirs));
        await ShellAsync($"chown -R {Somebody} '{root.Path}' && chown 0 '{root.File(theirs)}'");
        var command = KubeLabProgram.Command(
            root.Path, new Dictionary<string, string?> { ["NO_COLOR"] = "1", ["HOME"] = root.Path, ["KUBELAB_CACHE"] = root.File("cache") },
            "FetchDistribution", "--inventory", "mine", "--kubespray-path", root.File("distribution"));

        var run = await new CommandRunner().RunAsync(command with { Program = "setpriv", Arguments = [$"--reuid={Somebody}", "--clear-groups", command.Program, .. command.Arguments] });

        run.ExitCode.ShouldNotBe(0);
        var words = string.Join(' ', run.StandardOutput.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        words.ShouldContain($"nobody may not write to {root.File(theirs)}");
        words.ShouldContain($"sudo chown -R nobody '{root.File(theirs)}'");
        run.StandardOutput.ShouldNotContain("   at ");
    }

    [Fact]
    public void I_may_write_where_nothing_is_yet()
    {
        var cluster = new Cluster("mine", root.Path, root.File("inventory.ini"), new ClusterSettings(), root.File("artifacts/mine"));

        Should.NotThrow(() => ArtifactsFolder.RequireWritable(cluster));

        Directory.GetFileSystemEntries(root.Path).ShouldBeEmpty();
    }

    public void Dispose() => root.Dispose();

    private static async Task RequireAsync()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.UserName == "root", "files are given to another user, which root alone may");
        var reads = await ShellAsync($"setpriv --reuid={Somebody} --clear-groups test -r '{typeof(ArtifactsFolder).Assembly.Location}' && echo yes || echo no");
        Assert.SkipWhen(reads != "yes", "another user can't read what was compiled here");
    }

    private static async Task<string> ShellAsync(string script) =>
        (await new CommandRunner().RunAsync(CommandLine.Of("sh", "-c", script))).EnsureSucceeded("sh").StandardOutput.Trim();
}
