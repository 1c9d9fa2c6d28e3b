using KubeLab.Clusters;
using KubeLab.Ssh;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Ssh;

/// <summary>The ways round a pinned host key, each against the real ssh client and a real sshd that shows another key.</summary>
public sealed class HostKeyGuardTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData("ansible_ssh_args", "-o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no", "StrictHostKeyChecking")]
    [InlineData("ansible_ssh_args", "-oUserKnownHostsFile={pins} -oStrictHostKeyChecking=accept-new", "StrictHostKeyChecking")]
    [InlineData("ansible_ssh_args", "-o UserKnownHostsFile={pins} -o StrictHostKeyChecking=yes -o KnownHostsCommand='/bin/echo x'", "KnownHostsCommand")]
    [InlineData("ansible_ssh_args", "-o UserKnownHostsFile={pins} -o StrictHostKeyChecking=yes", "GlobalKnownHostsFile")]
    [InlineData("ansible_ssh_args", "-o UserKnownHostsFile={pins} -o StrictHostKeyChecking=yes -o GlobalKnownHostsFile=/dev/null -o NoHostAuthenticationForLocalhost=yes", "NoHostAuthenticationForLocalhost")]
    [InlineData("ansible_ssh_args", "-o UserKnownHostsFile={pins} -o StrictHostKeyChecking=yes -o GlobalKnownHostsFile=/dev/null -o VerifyHostKeyDNS=yes", "VerifyHostKeyDNS")]
    [InlineData("ansible_ssh_common_args", "-o HostKeyAlias=other", "HostKeyAlias")]
    [InlineData("ansible_ssh_common_args", "-o KnownHostsCommand='/bin/echo x'", "KnownHostsCommand")]
    [InlineData("ansible_ssh_common_args", "-F {config}", "HostKeyAlias")]
    [InlineData("ansible_ssh_extra_args", "-o ControlPath=/tmp/mine-%C", "ControlPath")]
    [InlineData("ansible_ssh_extra_args", "-S /tmp/mine", "ControlPath")]
    [InlineData("ansible_ssh_executable", "/tmp/ssh", "ansible_ssh_executable=/tmp/ssh")]
    [InlineData("ansible_control_path", "/tmp/mine", "ansible_control_path=/tmp/mine")]
    [InlineData("ansible_connection", "paramiko", "ansible_connection=paramiko")]
    [InlineData("ansible_connection", "community.libssh.libssh", "ansible_connection=community.libssh.libssh")]
    [Promise("A pinned host key is not overruled", "options, variables, configuration and environment that would decide instead")]
    public async Task A_way_round_a_pin_is_refused_and_named(string variable, string value, string named)
    {
        // Arrange
        Programs.Require("ssh");
        var config = directory.Write("config", "Host *\n  HostKeyAlias other\n");
        var text = value.Replace("{pins}", $"'{Pins}'", StringComparison.Ordinal).Replace("{config}", $"'{config}'", StringComparison.Ordinal);

        // Act
        var error = await Should.ThrowAsync<UserError>(Guard("192.0.2.10 ssh-ed25519 AAAA").RequireAsync(Node((variable, text))));

        // Assert
        error.Problem.ShouldStartWith($"k8s-m0: {named}");
        error.Problem.ShouldContain("would decide which host key is accepted");
        error.Remedy!.ShouldContain("PinHosts");
    }

    [Theory]
    [InlineData("ansible_ssh_common_args", "-o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -o GlobalKnownHostsFile=/tmp/x")]
    [InlineData("ansible_ssh_common_args", "-J bastion -o NoHostAuthenticationForLocalhost=yes")]
    [InlineData("ansible_ssh_common_args", "-o ProxyCommand='ssh -o StrictHostKeyChecking=no -W %h:%p bastion'")]
    [InlineData("ansible_ssh_extra_args", "-C -o ForwardAgent=no")]
    public async Task What_comes_second_or_says_nothing_of_host_keys_holds(string variable, string value)
    {
        Programs.Require("ssh");

        await Should.NotThrowAsync(Guard("192.0.2.10 ssh-ed25519 AAAA").RequireAsync(Node((variable, value))));
    }

    [Theory]
    [InlineData("192.0.2.10 ssh-ed25519 AAAA\n@cert-authority * ssh-ed25519 BBBB\n", 2)]
    [InlineData("@cert-authority 192.0.2.* ssh-ed25519 BBBB\n192.0.2.10 ssh-ed25519 AAAA\n", 1)]
    [InlineData("192.0.2.10 ssh-ed25519 AAAA\n192.0.2.* ssh-ed25519 BBBB\n", 2)]
    [InlineData("192.0.2.10 ssh-ed25519 AAAA\n# a comment\n|1|F1E1KeoE/eEWhi10WpGv4OdiO6Y=|{hash} ssh-ed25519 BBBB\n", 3)]
    [InlineData("192.0.2.10 ssh-ed25519 AAAA\n@cert-authority |1|F1E1KeoE/eEWhi10WpGv4OdiO6Y=|{hash} ssh-ed25519 BBBB\n", 2)]
    [InlineData("192.0.2.10 ssh-ed25519 AAAA\n192.0.2.9,192.0.2.10 ssh-ed25519 BBBB\n", 2)]
    [Promise("A pinned host key is not overruled", "certificate authorities, patterns, hashed and second lines")]
    public async Task Another_line_beside_the_pin_is_refused_and_named(string pins, int line)
    {
        var error = await Should.ThrowAsync<UserError>(Guard(WithHash(pins)).RequireAsync(Node()));

        error.Problem.ShouldStartWith($"k8s-m0: line {line} of {Pins} would let another host key in");
    }

    [Theory]
    [InlineData("192.0.2.10 ssh-ed25519 AAAA\n192.0.2.10 ssh-rsa BBBB\n")]
    [InlineData("192.0.2.10 ssh-ed25519 AAAA\n192.0.2.10 ssh-ed25519 AAAA\n")]
    [InlineData("192.0.2.10 ssh-ed25519 AAAA\n192.0.2.11 ssh-ed25519 BBBB\n@revoked * ssh-ed25519 CCCC\n")]
    [InlineData("@cert-authority *.example.com ssh-ed25519 BBBB\n192.0.2.10 ssh-ed25519 AAAA\n")]
    [InlineData("|1|F1E1KeoE/eEWhi10WpGv4OdiO6Y=|{hash} ssh-ed25519 AAAA\n")]
    public async Task Several_pins_that_agree_hold(string pins)
    {
        await Should.NotThrowAsync(Guard(WithHash(pins)).RequireAsync(Node()));
    }

    [Theory]
    [InlineData("ansible_port", "2222")]
    [InlineData("ansible_ssh_extra_args", "-p 2222")]
    [Promise("A pinned host key is not overruled", "another port")]
    public async Task A_port_without_a_pin_is_refused_where_new_keys_are_taken(string variable, string value)
    {
        Programs.Require("ssh");
        var error = await Should.ThrowAsync<UserError>(
            Guard("192.0.2.10 ssh-ed25519 AAAA", "accept-new").RequireAsync(Node((variable, value))));

        error.Problem.ShouldContain("192.0.2.10 is pinned in");
        error.Problem.ShouldContain("not with port 2222");
        await Should.NotThrowAsync(Guard("192.0.2.10 ssh-ed25519 AAAA", "accept-new").RequireAsync(Node()));
        await Should.NotThrowAsync(Guard("192.0.2.99 ssh-ed25519 AAAA", "accept-new").RequireAsync(Node(("ansible_port", "2222"))));
    }

    [Theory]
    [InlineData("ansible_ssh_common_args")]
    [InlineData("ansible_ssh_extra_args")]
    [Promise("A pinned host key is not overruled", "a jump host, against a real sshd")]
    public async Task A_node_that_shows_another_key_is_not_logged_in_behind_a_jump_host_either(string variable)
    {
        // Arrange: the way there leads through the machine itself, whose own key the jump doesn't look at.
        await using var sshd = await LoopbackSshd.StartAsync();
        var other = File.ReadAllText(Path.Combine(sshd.Directory, "id_ed25519.pub")).Split(' ');
        File.WriteAllText(sshd.KnownHosts, $"[127.0.0.1]:{sshd.Port} {other[0]} {other[1]}\n");
        var jump = $"ssh -i \"{sshd.PrivateKey}\" -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -o BatchMode=yes -p {sshd.Port} -W %h:%p root@127.0.0.1";
        var node = Nodes.On("k8s-m0", "127.0.0.1", sshd.Port, (variable, $"-o StrictHostKeyChecking=no -o ProxyCommand='{jump}'"));

        // Act
        var result = await new OpenSshShell(new SshOptions(sshd.Cluster()), new CommandRunner()).RunAsync(node, NodeCommand.Script("echo here"));

        // Assert
        result.Failure!.Reason.ShouldBe(SshFailureReason.HostKeyChanged);
        result.Output.ShouldBeEmpty();
    }

    private string Pins => directory.File("known_hosts");

    private static string WithHash(string pins)
    {
        var salt = Convert.FromBase64String("F1E1KeoE/eEWhi10WpGv4OdiO6Y=");
#pragma warning disable CA5350 // The format's own choice.
        var hash = System.Security.Cryptography.HMACSHA1.HashData(salt, "192.0.2.10"u8);
#pragma warning restore CA5350
        return pins.Replace("{hash}", Convert.ToBase64String(hash), StringComparison.Ordinal);
    }

    private HostKeyGuard Guard(string pins, string check = "yes")
    {
        directory.Write("known_hosts", pins);
        var cluster = new Cluster(
            "pinned", directory.Path, directory.File("inventory.ini"),
            new ClusterSettings { Ssh = new SshSettings { KnownHosts = Pins, HostKeyChecking = check } }, directory.File("artifacts"));
        return new HostKeyGuard(new SshOptions(cluster), new CommandRunner());
    }

    private static Node Node(params (string Name, string Value)[] variables) =>
        Nodes.Node("k8s-m0", ["kube_node"], [("ansible_host", "192.0.2.10"), .. variables]);
}
