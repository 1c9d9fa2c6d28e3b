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

    public void Dispose()
    {
        here.Dispose();
        elsewhere.Dispose();
    }

    private Task<NodeLock?> TakeAsync(TemporaryDirectory directory, TextWriter? output = null)
    {
        var cluster = Sample.Cluster(directory);
        var shell = new OpenSshShell(new SshOptions(cluster), new CommandRunner());
        return NodeLock.TakeAsync(shell, Node, cluster, Consoles.Into(output ?? TextWriter.Null), TimeProvider.System, Folder);
    }
}
