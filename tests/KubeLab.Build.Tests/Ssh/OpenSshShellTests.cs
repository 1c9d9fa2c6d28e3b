using System.Net;
using System.Net.Sockets;
using KubeLab.Clusters;
using KubeLab.Ssh;
using KubeLab.Tests.Clusters;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Ssh;

public class OpenSshShellTests
{
    [Fact]
    public async Task I_can_run_a_script_on_a_node()
    {
        await using var sshd = await LoopbackSshd.StartAsync();
        var shell = new OpenSshShell(new SshOptions(sshd.Cluster()), new CommandRunner());

        var result = await shell.RunAsync(Nodes.On("k8s-m0", "127.0.0.1", sshd.Port), NodeCommand.Script("echo \"it's $((6 * 7))\"; exit 3"));

        result.Failure.ShouldBeNull();
        result.ExitCode.ShouldBe(3);
        result.Output.ShouldBe("it's 42\n");
    }

    [Fact]
    public async Task I_can_run_a_script_on_a_node_that_shows_a_banner()
    {
        await using var sshd = await LoopbackSshd.StartAsync(banner: "Authorised use only.\n::error::not one\n");
        var shell = new OpenSshShell(new SshOptions(sshd.Cluster()), new CommandRunner());

        var result = await shell.RunAsync(Nodes.On("k8s-m0", "127.0.0.1", sshd.Port), NodeCommand.Script("echo here"));

        result.Output.ShouldBe("here\n");
    }

    [Fact]
    public async Task I_run_a_command_for_the_control_machine_itself_without_ssh()
    {
        using var directory = new TemporaryDirectory();
        var shell = new OpenSshShell(new SshOptions(Tests.Clusters.Sample.Cluster(directory)), new CommandRunner());
        var node = Nodes.Node("k8s-m0", [], ("ansible_connection", "local"));

        (await shell.SessionForAsync(node, ["ls", "-la"])).ToString().ShouldBe("ls -la");
        (await shell.SessionForAsync(node, ["ls | wc"])).ToString().ShouldBe("/bin/sh -c 'ls | wc'");
        (await Should.ThrowAsync<UserError>(shell.SessionForAsync(node, []))).Problem.ShouldContain("this machine itself");
    }

    [Fact]
    public async Task I_find_the_connection_open_at_the_second_command()
    {
        await using var sshd = await LoopbackSshd.StartAsync();
        var options = new SshOptions(sshd.Cluster());
        var shell = new OpenSshShell(options, new CommandRunner());
        var node = Nodes.On("k8s-m0", "127.0.0.1", sshd.Port);

        await shell.RunAsync(node, NodeCommand.Script("true"));
        var connections = Directory.GetFileSystemEntries(options.ControlDirectory);
        await shell.CloseAsync();

        connections.Length.ShouldBe(1);
        Directory.Exists(options.ControlDirectory).ShouldBeFalse();
    }

    [Fact]
    public async Task I_am_told_that_a_node_refuses_the_connection()
    {
        Programs.Require("ssh");
        using var directory = new TemporaryDirectory();
        var shell = new OpenSshShell(new SshOptions(Tests.Clusters.Sample.Cluster(directory)), new CommandRunner());

        var result = await shell.RunAsync(Nodes.On("k8s-n1", "127.0.0.1", LoopbackSshd.FreePort()), NodeCommand.Script("true"));

        result.Failure!.Reason.ShouldBe(SshFailureReason.Refused);
        result.Failure.Message.ShouldContain("Connection refused");
    }

    [Fact]
    public async Task I_am_told_that_a_key_is_not_accepted()
    {
        await using var sshd = await LoopbackSshd.StartAsync();
        File.WriteAllText(Path.Combine(sshd.Directory, "authorized_keys"), "");
        var shell = new OpenSshShell(new SshOptions(sshd.Cluster()), new CommandRunner());

        var result = await shell.RunAsync(Nodes.On("k8s-n1", "127.0.0.1", sshd.Port), NodeCommand.Script("true"));

        result.Failure!.Reason.ShouldBe(SshFailureReason.KeyRejected);
    }

    [Fact]
    public async Task I_am_told_that_a_host_key_is_not_known()
    {
        await using var sshd = await LoopbackSshd.StartAsync();
        File.WriteAllText(sshd.KnownHosts, "");
        var shell = new OpenSshShell(new SshOptions(sshd.Cluster()), new CommandRunner());

        var result = await shell.RunAsync(Nodes.On("k8s-n1", "127.0.0.1", sshd.Port), NodeCommand.Script("true"));

        result.Failure!.Reason.ShouldBe(SshFailureReason.HostKeyUnknown);
    }

    [Fact]
    public async Task I_am_told_that_a_host_key_has_changed()
    {
        await using var sshd = await LoopbackSshd.StartAsync();
        var other = File.ReadAllText(Path.Combine(sshd.Directory, "id_ed25519.pub")).Split(' ');
        File.WriteAllText(sshd.KnownHosts, $"[127.0.0.1]:{sshd.Port} {other[0]} {other[1]}\n");
        var shell = new OpenSshShell(new SshOptions(sshd.Cluster()), new CommandRunner());

        var result = await shell.RunAsync(Nodes.On("k8s-n1", "127.0.0.1", sshd.Port), NodeCommand.Script("true"));

        result.Failure!.Reason.ShouldBe(SshFailureReason.HostKeyChanged);
    }

    [Fact]
    public async Task I_am_not_held_up_by_a_node_that_accepts_a_connection_and_then_says_nothing()
    {
        Programs.Require("ssh");
        using var directory = new TemporaryDirectory();
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var cluster = Tests.Clusters.Sample.Cluster(directory) with
        {
            Settings = new() { Ssh = new() { ConnectTimeout = TimeSpan.FromSeconds(1) } },
        };
        var shell = new OpenSshShell(new SshOptions(cluster), new CommandRunner());

        var result = await shell.RunAsync(
            Nodes.On("k8s-n1", "127.0.0.1", ((IPEndPoint)silent.LocalEndpoint).Port), NodeCommand.Script("true"));

        result.Failure!.Reason.ShouldBe(SshFailureReason.TimedOut);
        result.Duration.ShouldBeLessThan(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task I_am_told_that_a_command_does_not_end()
    {
        await using var sshd = await LoopbackSshd.StartAsync();
        var shell = new OpenSshShell(new SshOptions(WithConnectTimeout(sshd, seconds: 3)), new CommandRunner());
        var command = NodeCommand.Script("echo started; sleep 300") with { Timeout = TimeSpan.FromMilliseconds(200) };

        var result = await shell.RunAsync(Nodes.On("k8s-n1", "127.0.0.1", sshd.Port), command);

        result.Failure!.Reason.ShouldBe(SshFailureReason.CommandTimedOut, result.Failure.Message);
    }

    [Fact]
    public async Task I_am_told_of_a_node_that_died_behind_an_open_connection_as_soon_as_of_any_other()
    {
        await using var sshd = await LoopbackSshd.StartAsync();
        var shell = new OpenSshShell(new SshOptions(WithConnectTimeout(sshd, seconds: 6)), new CommandRunner());
        var node = Nodes.On("k8s-n1", "127.0.0.1", sshd.Port);
        (await shell.RunAsync(node, NodeCommand.Script("echo well"))).Succeeded.ShouldBeTrue();
        await sshd.FreezeAsync();

        var result = await shell.RunAsync(node, NodeCommand.Script("echo here") with { IsRepeatable = true });

        result.Failure!.Reason.ShouldBe(SshFailureReason.TimedOut);
        result.Duration.ShouldBeInRange(TimeSpan.FromSeconds(4), TimeSpan.FromMinutes(1));
        Directory.GetFileSystemEntries(new SshOptions(sshd.Cluster()).ControlDirectory).ShouldBeEmpty();
    }

    [Fact]
    public async Task I_get_my_answer_over_a_new_connection_where_the_open_one_is_dead()
    {
        await using var sshd = await LoopbackSshd.StartAsync();
        var shell = new OpenSshShell(new SshOptions(WithConnectTimeout(sshd, seconds: 6)), new CommandRunner());
        var node = Nodes.On("k8s-n1", "127.0.0.1", sshd.Port);
        (await shell.RunAsync(node, NodeCommand.Script("echo well"))).Succeeded.ShouldBeTrue();
        await sshd.FreezeAsync(sessionsOnly: true);

        var result = await shell.RunAsync(node, NodeCommand.Script("echo here") with { IsRepeatable = true });

        result.Failure.ShouldBeNull();
        result.Output.ShouldBe("here\n");
    }

    [Fact]
    public async Task I_wait_for_a_node_that_is_slow_but_well()
    {
        await using var sshd = await LoopbackSshd.StartAsync();
        var shell = new OpenSshShell(new SshOptions(WithConnectTimeout(sshd, seconds: 4)), new CommandRunner());

        var result = await shell.RunAsync(
            Nodes.On("k8s-n1", "127.0.0.1", sshd.Port), NodeCommand.Script("sleep 4; echo here") with { IsRepeatable = true });

        result.Failure.ShouldBeNull();
        result.Output.ShouldBe("here\n");
    }

    [Fact]
    public async Task I_wait_for_a_busy_node_that_answers_late_over_the_open_connection()
    {
        await using var sshd = await LoopbackSshd.StartAsync();
        var shell = new OpenSshShell(new SshOptions(WithConnectTimeout(sshd, seconds: 10)), new CommandRunner());
        var node = Nodes.On("k8s-n1", "127.0.0.1", sshd.Port);
        (await shell.RunAsync(node, NodeCommand.Script("echo well"))).Succeeded.ShouldBeTrue();
        await sshd.FreezeAsync();

        var running = shell.RunAsync(node, NodeCommand.Script("echo here") with { IsRepeatable = true });
        // Later than a new connection had once the silence was noticed, and sooner than one has that is opened first.
        await Task.WhenAny(running, Task.Delay(TimeSpan.FromSeconds(9)));
        await sshd.ThawAsync();

        var result = await running;
        result.Failure.ShouldBeNull();
        result.Output.ShouldBe("here\n");
    }

    [Fact]
    public async Task I_keep_only_as_much_output_as_I_ask_for()
    {
        await using var sshd = await LoopbackSshd.StartAsync();
        var shell = new OpenSshShell(new SshOptions(sshd.Cluster()), new CommandRunner());
        var command = NodeCommand.Script("head -c 20000000 /dev/zero | tr '\\0' x") with { MaxOutput = 1000 };

        var result = await shell.RunAsync(Nodes.On("k8s-n1", "127.0.0.1", sshd.Port), command);

        result.Succeeded.ShouldBeTrue();
        result.Output.ShouldBe(new string('x', 1000));
    }

    [Fact]
    public async Task I_reach_a_node_through_a_jump_host()
    {
        await using var sshd = await LoopbackSshd.StartAsync();
        var jump = $"ssh -i \"{sshd.PrivateKey}\" -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -o BatchMode=yes -p {sshd.Port} -W %h:%p root@127.0.0.1";
        var node = Nodes.On("k8s-m0", "127.0.0.1", sshd.Port, ("ansible_ssh_common_args", $"-o ProxyCommand='{jump}'"));
        var shell = new OpenSshShell(new SshOptions(sshd.Cluster()), new CommandRunner());

        var result = await shell.RunAsync(node, NodeCommand.Script("echo $SSH_CONNECTION"));

        result.Failure.ShouldBeNull();
        result.Output.ShouldContain("127.0.0.1");
    }

    [Fact]
    public async Task I_reach_a_node_by_its_name_in_ssh_config()
    {
        await using var sshd = await LoopbackSshd.StartAsync();
        var file = Path.Combine(sshd.Directory, "ssh_config");
        await File.WriteAllTextAsync(file, $"Host first-node\n  HostName 127.0.0.1\n  Port {sshd.Port}\n");
        var node = Nodes.Node("k8s-m0", [], ("ansible_host", "first-node"), ("ansible_ssh_extra_args", $"-F '{file}'"));
        var shell = new OpenSshShell(new SshOptions(sshd.Cluster()), new CommandRunner());

        (await shell.RunAsync(node, NodeCommand.Script("echo here"))).Output.ShouldBe("here\n");
    }

    [Fact]
    public async Task I_log_in_with_a_key_that_only_an_agent_holds()
    {
        await using var sshd = await LoopbackSshd.StartAsync();
        var socket = Path.Combine(sshd.Directory, "agent");
        using var agent = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(Programs.Require("ssh-agent"), ["-D", "-a", socket]) { RedirectStandardOutput = true })!;
        try
        {
            var add = CommandLine.Of("ssh-add", "-q", sshd.PrivateKey) with { Environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["SSH_AUTH_SOCK"] = socket } };
            for (var tries = 0; tries < 100 && !File.Exists(socket); tries++)
                await Task.Delay(50);
            (await new CommandRunner().RunAsync(add)).ExitCode.ShouldBe(0);
            File.Delete(sshd.PrivateKey);
            var node = Nodes.On("k8s-m0", "127.0.0.1", sshd.Port, ("ansible_ssh_common_args", $"-o 'IdentityAgent=\"{socket}\"'"));
            var cluster = sshd.Cluster(new SshSettings { KnownHosts = sshd.KnownHosts, User = "root" });

            var result = await new OpenSshShell(new SshOptions(cluster), new CommandRunner()).RunAsync(node, NodeCommand.Script("echo here"));

            result.Output.ShouldBe("here\n", result.Failure?.Message);
        }
        finally
        {
            agent.Kill();
            await agent.WaitForExitAsync();
        }
    }

    [Fact]
    public async Task I_am_told_that_there_is_no_such_key_file()
    {
        await using var sshd = await LoopbackSshd.StartAsync();
        var shell = new OpenSshShell(new SshOptions(sshd.Cluster()), new CommandRunner());

        var result = await shell.RunAsync(Nodes.On("k8s-n1", "127.0.0.1", sshd.Port, ("ansible_ssh_private_key_file", "/nowhere/id")), NodeCommand.Script("true"));

        result.Failure!.Reason.ShouldBe(SshFailureReason.KeyUnusable);
        result.Failure.Message.ShouldContain("/nowhere/id");
    }

    [Fact]
    public void I_connect_with_the_arguments_that_the_inventory_gives_in_place_of_the_common_ones()
    {
        using var directory = new TemporaryDirectory();
        var options = new SshOptions(Tests.Clusters.Sample.Cluster(directory));

        options.For(Nodes.Node("k8s-m0", [], ("ansible_ssh_args", "-o ControlMaster=no -C"))).Take(3).ShouldBe(["-o", "ControlMaster=no", "-C"]);
        options.For(Nodes.Node("k8s-m0", [])).Take(options.Common.Count).ShouldBe(options.Common);
    }

    [Fact]
    public void I_am_told_that_the_inventorys_arguments_would_leave_the_pinned_keys_out()
    {
        using var directory = new TemporaryDirectory();
        var sample = Tests.Clusters.Sample.Cluster(directory);
        var options = new SshOptions(sample with { Settings = sample.Settings with { Ssh = sample.Settings.Ssh with { KnownHosts = "/pins" } } });

        Should.Throw<UserError>(() => options.For(Nodes.Node("k8s-m0", [], ("ansible_ssh_args", "-C")))).Problem
            .ShouldBe("k8s-m0: ansible_ssh_args takes the place of the options by which ssh knows the host keys in /pins");
        options.For(Nodes.Node("k8s-m0", [], ("ansible_ssh_args", "-o UserKnownHostsFile=/pins"))).ShouldContain("UserKnownHostsFile=/pins");
    }

    [Theory]
    [InlineData("Host 192.0.2.*\n  ProxyJump ops@bastion.example.com\n", "proxyjump ops@bastion.example.com")]
    [InlineData("Host 192.0.2.*\n  ProxyCommand ssh -W %h:%p bastion\n", "proxycommand ssh -W %h:%p bastion")]
    [InlineData("Host 198.51.100.*\n  ProxyJump bastion\n", null)]
    public async Task I_know_the_jump_host_that_OpenSSHs_configuration_names(string configuration, string? expected)
    {
        Programs.Require("ssh");
        using var directory = new TemporaryDirectory();
        var file = directory.Write("ssh_config", configuration);
        var shell = new OpenSshShell(new SshOptions(Tests.Clusters.Sample.Cluster(directory)), new CommandRunner());
        var node = Nodes.Node("k8s-m0", [], ("ansible_host", "192.0.2.10"), ("ansible_ssh_common_args", $"-F '{file}'"));

        (await shell.JumpHostAsync(node)).ShouldBe(expected);
    }

    [Theory]
    [InlineData("ansible_ssh_common_args", "-o ProxyJump='jump host'", "ProxyJump=jump host")]
    [InlineData("ansible_ssh_extra_args", "-J 'jump host'", "jump host")]
    [InlineData("ansible_user", "ubuntu", "User=ubuntu")]
    [InlineData("ansible_ssh_user", "ubuntu", "User=ubuntu")]
    [InlineData("ansible_port", "2222", "Port=2222")]
    [InlineData("ansible_ssh_port", "2222", "Port=2222")]
    [InlineData("ansible_private_key_file", "/keys/one", "IdentityFile=/keys/one")]
    [InlineData("ansible_ssh_private_key_file", "/keys/one", "IdentityFile=/keys/one")]
    public void I_connect_with_the_options_that_Ansible_takes_from_the_inventory(string variable, string value, string expected)
    {
        using var directory = new TemporaryDirectory();
        var options = new SshOptions(Tests.Clusters.Sample.Cluster(directory));

        var words = options.For(Nodes.Node("k8s-m0", ["kube_node"], (variable, value)));

        words.ShouldContain(expected);
    }

    [Fact]
    public void I_am_told_which_node_has_arguments_that_cannot_be_read()
    {
        using var directory = new TemporaryDirectory();
        var options = new SshOptions(Tests.Clusters.Sample.Cluster(directory));

        var error = Should.Throw<UserError>(() => options.For(Nodes.Node("k8s-m0", [], ("ansible_ssh_common_args", "-o 'open"))));

        error.Message.ShouldContain("k8s-m0: ansible_ssh_common_args");
    }

    private static Cluster WithConnectTimeout(LoopbackSshd sshd, int seconds)
    {
        var cluster = sshd.Cluster();
        return cluster with { Settings = cluster.Settings with { Ssh = cluster.Settings.Ssh with { ConnectTimeout = TimeSpan.FromSeconds(seconds) } } };
    }
}
