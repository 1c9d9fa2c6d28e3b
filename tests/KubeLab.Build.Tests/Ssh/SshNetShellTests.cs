using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using KubeLab.Clusters;
using KubeLab.Ssh;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Ssh;

public class SshNetShellTests
{
    [Fact]
    public async Task I_can_run_a_script_on_a_node()
    {
        await using var sshd = await LoopbackSshd.StartAsync(banner: "Authorised use only.\n");

        var result = await RunAsync(sshd, NodeCommand.Script("echo \"it's $((6 * 7))\"; echo no >&2; exit 3"));

        result.Failure.ShouldBeNull();
        result.ExitCode.ShouldBe(3);
        result.Output.ShouldBe("it's 42\n");
        result.Error.ShouldBe("no\n");
    }

    [Fact]
    public async Task I_can_run_several_commands_at_once_over_one_connection()
    {
        await using var sshd = await LoopbackSshd.StartAsync();
        var shell = NodeShells.For(sshd.ClusterWith(), new SshOptions(sshd.ClusterWith()), new CommandRunner());
        var node = Nodes.On("k8s-m0", "127.0.0.1", sshd.Port);

        var results = await Task.WhenAll(Enumerable.Range(0, 5).Select(number => shell.RunAsync(node, NodeCommand.Script($"echo {number} $SSH_CONNECTION"))));

        results.Select(result => result.Output[0]).ShouldBe(['0', '1', '2', '3', '4']);
        results.Select(result => result.Output[1..]).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task I_am_told_that_a_node_refuses_the_connection()
    {
        await using var sshd = await LoopbackSshd.StartAsync();
        var cluster = sshd.ClusterWith();

        var result = await NodeShells.For(cluster, new SshOptions(cluster), new CommandRunner())
            .RunAsync(Nodes.On("k8s-n1", "127.0.0.1", LoopbackSshd.FreePort()), NodeCommand.Script("true"));

        result.Failure!.Reason.ShouldBe(SshFailureReason.Refused);
    }

    [Fact]
    public async Task I_am_told_that_a_key_is_not_accepted()
    {
        await using var sshd = await LoopbackSshd.StartAsync();
        File.WriteAllText(Path.Combine(sshd.Directory, "authorized_keys"), "");

        (await RunAsync(sshd, NodeCommand.Script("true"))).Failure!.Reason.ShouldBe(SshFailureReason.KeyRejected);
    }

    [Fact]
    public async Task I_am_told_that_a_key_needs_a_passphrase()
    {
        await using var sshd = await LoopbackSshd.StartAsync();
        using (var process = Process.Start("ssh-keygen", ["-q", "-p", "-P", "", "-N", "secret", "-f", sshd.PrivateKey]))
            await process.WaitForExitAsync();

        (await RunAsync(sshd, NodeCommand.Script("true"))).Failure!.Reason.ShouldBe(SshFailureReason.KeyUnusable);
    }

    [Fact]
    public async Task I_am_told_that_a_host_key_is_not_known()
    {
        await using var sshd = await LoopbackSshd.StartAsync();
        File.WriteAllText(sshd.KnownHosts, "");

        (await RunAsync(sshd, NodeCommand.Script("true"))).Failure!.Reason.ShouldBe(SshFailureReason.HostKeyUnknown);
    }

    [Fact]
    public async Task I_am_told_that_a_host_key_has_changed()
    {
        await using var sshd = await LoopbackSshd.StartAsync();
        var other = File.ReadAllText(Path.Combine(sshd.Directory, "id_ed25519.pub")).Split(' ');
        File.WriteAllText(sshd.KnownHosts, $"[127.0.0.1]:{sshd.Port} {other[0]} {other[1]}\n");

        (await RunAsync(sshd, NodeCommand.Script("true"))).Failure!.Reason.ShouldBe(SshFailureReason.HostKeyChanged);
    }

    [Fact]
    public async Task I_can_have_new_host_keys_written_down_as_OpenSSH_writes_them()
    {
        await using var sshd = await LoopbackSshd.StartAsync();
        var known = File.ReadAllText(sshd.KnownHosts);
        File.WriteAllText(sshd.KnownHosts, "");

        var result = await RunAsync(sshd, NodeCommand.Script("true"), settings => settings with { HostKeyChecking = "accept-new" });

        result.Succeeded.ShouldBeTrue();
        File.ReadAllText(sshd.KnownHosts).ShouldBe(known);
    }

    [Fact]
    public async Task I_am_not_held_up_by_a_node_that_accepts_a_connection_and_then_says_nothing()
    {
        await using var sshd = await LoopbackSshd.StartAsync();
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var cluster = sshd.ClusterWith(settings => settings with { ConnectTimeout = TimeSpan.FromSeconds(1) });

        var result = await NodeShells.For(cluster, new SshOptions(cluster), new CommandRunner())
            .RunAsync(Nodes.On("k8s-n1", "127.0.0.1", ((IPEndPoint)silent.LocalEndpoint).Port), NodeCommand.Script("true"));

        result.Failure!.Reason.ShouldBe(SshFailureReason.TimedOut);
        result.Duration.ShouldBeLessThan(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task I_am_told_that_a_command_does_not_end()
    {
        await using var sshd = await LoopbackSshd.StartAsync();

        var result = await RunAsync(sshd, NodeCommand.Script("echo started; sleep 300") with { Timeout = TimeSpan.FromMilliseconds(500) });

        result.Failure!.Reason.ShouldBe(SshFailureReason.CommandTimedOut);
        result.Duration.ShouldBeLessThan(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task I_keep_only_as_much_output_as_I_ask_for()
    {
        await using var sshd = await LoopbackSshd.StartAsync();

        var result = await RunAsync(sshd, NodeCommand.Script("head -c 20000000 /dev/zero | tr '\\0' x") with { MaxOutput = 1000 });

        result.Succeeded.ShouldBeTrue();
        result.Output.ShouldBe(new string('x', 1000));
    }

    [Fact]
    public async Task I_am_told_that_a_jump_host_needs_the_other_client()
    {
        await using var sshd = await LoopbackSshd.StartAsync();
        var cluster = sshd.ClusterWith();

        var result = await NodeShells.For(cluster, new SshOptions(cluster), new CommandRunner()).RunAsync(
            Nodes.Node("k8s-n1", [], ("ansible_host", "127.0.0.1"), ("ansible_ssh_common_args", "-o ProxyJump=jump")), NodeCommand.Script("true"));

        result.Failure!.Message.ShouldContain("ProxyJump=jump");
        result.Failure.Remedy.ShouldContain("--ssh-client openssh");
    }

    private static Task<NodeResult> RunAsync(LoopbackSshd sshd, NodeCommand command, Func<SshSettings, SshSettings>? change = null)
    {
        var cluster = sshd.ClusterWith(change);
        return NodeShells.For(cluster, new SshOptions(cluster), new CommandRunner()).RunAsync(Nodes.On("k8s-m0", "127.0.0.1", sshd.Port), command);
    }
}

file static class SshNetClusters
{
    public static Cluster ClusterWith(this LoopbackSshd sshd, Func<SshSettings, SshSettings>? change = null)
    {
        var cluster = sshd.Cluster();
        var ssh = cluster.Settings.Ssh with { Client = "sshnet" };
        return cluster with { Settings = cluster.Settings with { Ssh = change?.Invoke(ssh) ?? ssh } };
    }
}
