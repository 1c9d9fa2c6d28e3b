using KubeLab.Clusters;
using KubeLab.Runs;
using KubeLab.Ssh;
using KubeLab.Tests.Clusters;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Runs;

public sealed class NodeLockTests : IDisposable
{
    private static readonly Node Node = Nodes.Node("k8s-m0", ["kube_control_plane"], ("ansible_connection", "local"));

    private readonly TemporaryDirectory here = new();
    private readonly TemporaryDirectory elsewhere = new();

    private string Folder => here.File("on the node.lock");

    [Fact]
    [Promise("Two runs on one cluster exclude each other", "two control machines")]
    public async Task Two_control_machines_exclude_each_other()
    {
        await using var first = await TakeAsync(here);

        var error = await Should.ThrowAsync<UserError>(() => TakeAsync(elsewhere));

        error.Problem.ShouldContain($"process {Environment.ProcessId} of {Environment.UserName} on {Environment.MachineName}");
    }

    [Fact]
    public async Task I_can_run_when_the_other_run_is_over()
    {
        await (await TakeAsync(elsewhere))!.DisposeAsync();

        Directory.Exists(Folder).ShouldBeFalse();
        await using var second = await TakeAsync(here);
    }

    [Fact]
    public async Task I_break_the_lock_of_a_run_that_has_not_been_heard_of_for_a_minute()
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllText(Path.Combine(Folder, "owner"), "process 1 of somebody on another, since 2026-01-01 00:00:00 UTC [another:x] y\n");
        File.SetLastWriteTimeUtc(Path.Combine(Folder, "owner"), DateTime.UtcNow.AddSeconds(-61));
        await using var output = new StringWriter();

        await using var taken = await TakeAsync(here, output);

        output.ToString().ShouldContain("was broken: process 1 of somebody on another");
    }

    [Fact]
    public async Task I_take_over_at_once_what_a_run_of_mine_that_was_killed_has_left()
    {
        var killed = await TakeAsync(here);
        var owner = File.ReadAllText(Path.Combine(Folder, "owner"));

        await using var next = await TakeAsync(here);

        File.ReadAllText(Path.Combine(Folder, "owner")).ShouldNotBe(owner);
        // The one that lost it leaves the other's alone.
        await killed!.DisposeAsync();
        Directory.Exists(Folder).ShouldBeTrue();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Promise("Two runs on one cluster exclude each other", "a lock from the future, of a run that lives and of one that does not")]
    public async Task A_lock_from_the_future_is_broken_only_if_nobody_touches_it(bool lives)
    {
        // Arrange
        Leave("process 1 of somebody on another, since 2026-01-01 00:00:00 UTC [another:x] y\n", TimeSpan.FromDays(1));
        await using var output = new StringWriter();
        var time = new HastyTime(() =>
        {
            if (lives)
                Leave("process 1 of somebody on another, since 2026-01-01 00:00:00 UTC [another:x] y\n", TimeSpan.FromDays(2));
        });

        // Act and assert
        if (lives)
        {
            (await Should.ThrowAsync<UserError>(() => TakeAsync(here, output, time))).Problem.ShouldContain("is going on: process 1 of somebody on another");
            return;
        }

        await using var taken = await TakeAsync(here, output, time);
        output.ToString().ReplaceLineEndings(" ").ShouldContain("lies in the future");
        output.ToString().ReplaceLineEndings(" ").ShouldContain("was broken: process 1 of somebody on another");
    }

    [Theory]
    [InlineData(0, "Another run on the cluster")]
    [InlineData(-61, "was broken: a run that left no name")]
    [Promise("Two runs on one cluster exclude each other", "a lock that is half written")]
    public async Task A_lock_whose_owner_had_not_been_written_yet_is_judged_by_its_age(int seconds, string said)
    {
        Leave("", TimeSpan.FromSeconds(seconds));
        await using var output = new StringWriter();

        if (seconds == 0)
        {
            var error = await Should.ThrowAsync<UserError>(() => TakeAsync(here, output));
            error.Problem.ShouldContain(said);
            error.Problem.ShouldContain("a run that left no name, heard of");
            error.Remedy!.ShouldContain(Folder);
            return;
        }

        await using var taken = await TakeAsync(here, output);
        output.ToString().ReplaceLineEndings(" ").ShouldContain(said);
    }

    [Fact]
    [Promise("Two runs on one cluster exclude each other", "a lock of another user")]
    public async Task A_stale_lock_of_another_user_is_not_taken_and_how_to_remove_it_is_said()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.UserName == "root", "files are given to another user, which root alone may");
        Programs.Require("setpriv");
        Leave("process 1 of somebody on another, since 2026-01-01 00:00:00 UTC [another:x] y\n", TimeSpan.FromSeconds(-100));
        using (var chmod = System.Diagnostics.Process.Start("chmod", ["1777", here.Path]))
            await chmod.WaitForExitAsync();
        var asNobody = Nodes.Node("k8s-m0", ["kube_control_plane"], ("ansible_connection", "local"));

        var error = await Should.ThrowAsync<UserError>(() => NodeLock.TakeAsync(
            new NobodyShell(), asNobody, Sample.Cluster(elsewhere), Consoles.Silent(), TimeProvider.System, Folder));

        error.Problem.ShouldContain("belongs to another user");
        error.Remedy!.ShouldContain("sudo rm -r");
        Directory.Exists(Folder).ShouldBeTrue();
    }

    private void Leave(string owner, TimeSpan age)
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllText(Path.Combine(Folder, "owner"), owner);
        File.SetLastWriteTimeUtc(Path.Combine(Folder, "owner"), DateTime.UtcNow + age);
    }

    // Waits for nothing, and tells when somebody would.
    private sealed class HastyTime(Action waited) : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            waited();
            return base.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }

    private sealed class NobodyShell : INodeShell
    {
        public async Task<NodeResult> RunAsync(Node node, NodeCommand command, CancellationToken cancellationToken = default)
        {
            var result = await new CommandRunner().RunAsync(
                CommandLine.Of("setpriv", "--reuid=65534", "--clear-groups", "sh", "-s") with { StandardInput = command.StandardInput }, cancellationToken: cancellationToken);
            return new NodeResult(result.ExitCode, result.StandardOutput, result.StandardError, result.Duration, null);
        }
    }

    public void Dispose()
    {
        here.Dispose();
        elsewhere.Dispose();
    }

    private Task<NodeLock?> TakeAsync(TemporaryDirectory directory, TextWriter? output = null, TimeProvider? time = null)
    {
        var cluster = Sample.Cluster(directory);
        var shell = new OpenSshShell(new SshOptions(cluster), new CommandRunner());
        return NodeLock.TakeAsync(shell, Node, cluster, Consoles.Into(output ?? TextWriter.Null), time ?? TimeProvider.System, Folder);
    }
}
