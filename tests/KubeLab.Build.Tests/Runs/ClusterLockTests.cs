using KubeLab.Clusters;
using KubeLab.Runs;
using KubeLab.Tests.Clusters;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Runs;

[Collection(KubeLabProgram.NodeTurn)]
public class ClusterLockTests
{
    [Fact]
    public void I_cannot_run_on_a_cluster_while_somebody_else_does()
    {
        using var directory = new TemporaryDirectory();
        var cluster = Sample.Cluster(directory);
        using var first = ClusterLock.Take(cluster, TimeProvider.System);

        var error = Should.Throw<UserError>(() => ClusterLock.Take(cluster, TimeProvider.System));

        error.Message.ShouldContain("Another run on the cluster mycluster");
        error.Message.ShouldContain($"process {Environment.ProcessId} of {Environment.UserName}");
    }

    [Fact]
    public void I_am_told_how_to_see_whether_the_other_run_lives()
    {
        using var directory = new TemporaryDirectory();
        var cluster = Sample.Cluster(directory);
        using var first = ClusterLock.Take(cluster, TimeProvider.System);

        Should.Throw<UserError>(() => ClusterLock.Take(cluster, TimeProvider.System)).Remedy!.ShouldContain($"ps -fp {Environment.ProcessId}");
        File.WriteAllText(Path.Combine(cluster.ArtifactsDirectory, "lock.json"), "{\"processId\": 1, \"us");
        Should.Throw<UserError>(() => ClusterLock.Take(cluster, TimeProvider.System)).Remedy!.ShouldContain("fuser --verbose");
    }

    [Theory]
    [InlineData("""{"processId": 1, "startTime": "0", "user": "me", "host": "HERE", "since": "2020-01-01T00:00:00Z"}""", null)]
    [InlineData("""{"processId": 999999999, "startTime": "1", "user": "me", "host": "HERE", "since": "2099-01-01T00:00:00Z"}""", null)]
    [InlineData("""{"processId": 1, "startTime": "0", "user": "you", "host": "another", "since": "2020-01-01T00:00:00Z"}""", "may be going on: process 1 of you on another")]
    [InlineData("""{"processId": 1, "startTi""", "can't be read")]
    [InlineData("LIVING", "is going on: process ")]
    [Promise("Two runs on one cluster exclude each other", "no locks: process ids used again, the future, another host, half a note")]
    public async Task On_a_file_system_without_locks_what_the_other_run_has_left_tells(string left, string? refused)
    {
        // Arrange: with this variable the runtime takes no lock, as where the file system has none.
        Programs.Require(KubeLab.Ansible.AnsibleFinder.Playbook);
        await PrivateMachine.RequireAsync();
        using var directory = new TemporaryDirectory();
        KubeLabProgram.Prepare(directory, "- hosts: all\n  gather_facts: false\n  become: false\n  tasks: [{ ansible.builtin.ping: }]\n");
        using var living = System.Diagnostics.Process.Start("sleep", ["300"]);
        var stat = File.ReadAllText($"/proc/{living.Id}/stat").Split(") ")[^1].Split(' ');
        directory.Write("artifacts/mine/lock.json", left == "LIVING"
            ? $"{{\"processId\": {living.Id}, \"startTime\": \"{stat[19]}\", \"user\": \"me\", \"host\": \"{Environment.MachineName}\", \"since\": \"2026-01-01T00:00:00Z\"}}"
            : left.Replace("HERE", Environment.MachineName, StringComparison.Ordinal));

        // Act
        var run = await new CommandRunner().RunAsync(PrivateMachine.Within(directory, KubeLabProgram.Command(
            directory.Path, new Dictionary<string, string?> { ["DOTNET_SYSTEM_IO_DISABLEFILELOCKING"] = "1" }, "InstallCluster", "--skip", "--inventory", "mine", "--kubespray-path", directory.File("distribution"))));
        living.Kill();

        // Assert
        var words = string.Join(' ', run.StandardOutput.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (refused is null)
            run.ExitCode.ShouldBe(0, run.StandardOutput);
        else
            words.ShouldContain(refused);
        words.Contains("rm ", StringComparison.Ordinal).ShouldBe(refused is not null);
    }

    [Fact]
    public void I_can_run_when_the_other_run_is_over()
    {
        using var directory = new TemporaryDirectory();
        var cluster = Sample.Cluster(directory);
        ClusterLock.Take(cluster, TimeProvider.System).Dispose();

        using var second = ClusterLock.Take(cluster, TimeProvider.System);
    }
}
