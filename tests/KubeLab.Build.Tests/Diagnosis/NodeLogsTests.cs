using KubeLab.Clusters;
using KubeLab.Diagnosis;
using KubeLab.Ssh;
using KubeLab.Tests.Machines;
using Microsoft.Extensions.Time.Testing;

namespace KubeLab.Tests.Diagnosis;

public class NodeLogsTests
{
    private static readonly Node Node = Nodes.Node("k8s-m0", ["kube_control_plane"], ("ansible_connection", "local"), ("ansible_become_user", Environment.UserName));
    private static readonly NodeBecome Become = new(new BecomeSettings());

    [Fact]
    public async Task I_am_told_that_a_node_does_not_answer_within_5_s()
    {
        var time = new FakeTimeProvider();
        var shell = new Shell(async (_, cancellation) =>
        {
            time.Advance(TimeSpan.FromSeconds(5));
            await Task.Delay(Timeout.Infinite, cancellation);
            return null!;
        });

        var log = await new NodeLogs(shell, Become, time).CollectAsync(Node, TimeSpan.FromMinutes(1), null);

        log.Problem.ShouldBe("it did not answer within 5 s");
        log.Lines.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_node_that_froze_keeps_nobody_longer_than_that()
    {
        Programs.Require("ssh");
        await using var sshd = await LoopbackSshd.StartAsync();
        await sshd.FreezeAsync();
        var started = TimeProvider.System.GetTimestamp();

        var log = await new NodeLogs(new OpenSshShell(new SshOptions(sshd.Cluster()), new CommandRunner()), Become)
            .CollectAsync(Nodes.On("k8s-n0", "127.0.0.1", sshd.Port), TimeSpan.FromMinutes(1), null);

        log.Problem.ShouldBe("it did not answer within 5 s");
        TimeProvider.System.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromMinutes(1));
        await sshd.ThawAsync();
    }

    [Fact]
    public async Task I_am_told_why_a_node_gives_no_logs()
    {
        var shell = new Shell((_, _) => Task.FromResult(new NodeResult(1, "", "sudo: a password is required\n", TimeSpan.Zero, null)));

        var log = await new NodeLogs(shell, Become).CollectAsync(Node, TimeSpan.FromMinutes(1), null);

        log.Problem.ShouldBe("sudo: a password is required");
    }

    [Fact]
    public async Task An_interrupt_is_none_of_the_nodes_faults()
    {
        using var interrupt = new CancellationTokenSource();
        var shell = new Shell(async (_, cancellation) =>
        {
            await interrupt.CancelAsync();
            cancellation.ThrowIfCancellationRequested();
            return null!;
        });

        await Should.ThrowAsync<OperationCanceledException>(
            () => new NodeLogs(shell, Become).CollectAsync(Node, TimeSpan.FromMinutes(1), null, interrupt.Token));
    }

    [Theory, InlineData(null), InlineData("etcd.service"), InlineData("a'b; touch /tmp/no")]
    public async Task A_machine_gives_its_logs_whatever_it_has_of_them(string? unit)
    {
        var sent = "";
        var here = new OpenSshShell(new SshOptions(new Cluster("here", "/tmp", "/tmp/none", new ClusterSettings(), "/tmp/kubelab-none")), new CommandRunner());
        var shell = new Shell((command, cancellation) =>
        {
            sent = command.StandardInput!;
            return here.RunAsync(Node, command, cancellation);
        });

        var log = await new NodeLogs(shell, Become).CollectAsync(Node, TimeSpan.FromMinutes(10), unit);

        log.Text.ShouldStartWith("== now 20");
        sent.ShouldContain("seconds=630");
        (log.Problem is null or "journald keeps nothing there").ShouldBeTrue(log.Problem);
    }

    [Fact]
    public async Task I_am_told_what_etcd_says_that_runs_as_a_container_of_Docker()
    {
        using var directory = new TemporaryDirectory();
        var docker = directory.Write("docker", """
            #!/bin/sh
            case "$1" in
                ps) echo etcd1 ;;
                logs) echo '2026-11-29T23:09:00.123456789Z {"level":"fatal","msg":"no space left on device"}' >&2 ;;
            esac

            """);
        File.SetUnixFileMode(docker, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var here = new OpenSshShell(new SshOptions(new Cluster("here", "/tmp", "/tmp/none", new ClusterSettings(), "/tmp/kubelab-none")), new CommandRunner());
        var shell = new Shell((command, cancellation) =>
            here.RunAsync(Node, command with { StandardInput = $"PATH='{directory.Path}':$PATH\n{command.StandardInput}" }, cancellation));

        var log = await new NodeLogs(shell, Become).CollectAsync(Node, TimeSpan.FromDays(3650), null);

        log.Lines.Select(line => line.ToString()).ShouldContain("23:09:00 docker/etcd1: {\"level\":\"fatal\",\"msg\":\"no space left on device\"}");
    }

    [Theory]
    [InlineData("exit 0")]
    [InlineData("case \"$*\" in *--since*) ;; *) echo 'Nov 01 10:00:00 k8s-m0 sshd[1]: of the time before' ;; esac")]
    public async Task I_am_told_that_journald_is_off_also_where_it_kept_something_of_the_time_before(string journalctl)
    {
        using var directory = new TemporaryDirectory();
        var program = directory.Write("journalctl", $"#!/bin/sh\n{journalctl}\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var here = new OpenSshShell(new SshOptions(new Cluster("here", "/tmp", "/tmp/none", new ClusterSettings(), "/tmp/kubelab-none")), new CommandRunner());
        var shell = new Shell((command, cancellation) =>
            here.RunAsync(Node, command with { StandardInput = $"PATH='{directory.Path}':$PATH\n{command.StandardInput}" }, cancellation));

        var log = await new NodeLogs(shell, Become).CollectAsync(Node, TimeSpan.FromMinutes(1), null);

        log.Problem.ShouldBe("journald keeps nothing there");
    }

    private sealed class Shell(Func<NodeCommand, CancellationToken, Task<NodeResult>> run) : INodeShell
    {
        public Task<NodeResult> RunAsync(Node node, NodeCommand command, CancellationToken cancellationToken = default) =>
            run(command, cancellationToken);
    }
}
