using KubeLab.Ssh;
using KubeLab.Tests.Clusters;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Ssh;

public class EffectiveConnectionTests
{
    [Fact]
    public async Task I_see_how_ssh_will_reach_a_node_my_own_configuration_included()
    {
        // Arrange
        Programs.Require("ssh");
        using var directory = new TemporaryDirectory();
        var file = directory.Write("ssh_config", """
            Host first-node
              HostName 192.0.2.10
              User ops
              Port 2222
              ProxyJump jump.example.com
              StrictHostKeyChecking no
              UserKnownHostsFile /dev/null
              NoHostAuthenticationForLocalhost yes
              VerifyHostKeyDNS yes
            """);
        var node = Nodes.Node("k8s-m0", [], ("ansible_host", "first-node"), ("ansible_user", "admin"), ("ansible_ssh_extra_args", $"-F '{file}'"));
        var options = new SshOptions(Tests.Clusters.Sample.Cluster(directory));

        // Act
        var connection = await new EffectiveConnections(options, new CommandRunner()).OfAsync(node);

        // Assert: the inventory goes first, my own configuration follows, and it says nothing of host keys.
        (connection.Address, connection.User, connection.Port).ShouldBe(("192.0.2.10", "admin", "2222"));
        connection.JumpHost.ShouldBe("proxyjump jump.example.com");
        connection.Value("stricthostkeychecking").ShouldBe("true");
        connection.Value("userknownhostsfile")!.ShouldEndWith("/.ssh/known_hosts2");
        connection.Value("nohostauthenticationforlocalhost").ShouldBe("no");
        connection.Value("verifyhostkeydns").ShouldBe("false");
    }

    [Fact]
    public async Task I_am_told_what_ssh_can_not_read()
    {
        Programs.Require("ssh");
        using var directory = new TemporaryDirectory();
        var asking = new EffectiveConnections(new SshOptions(Tests.Clusters.Sample.Cluster(directory)), new CommandRunner());

        var error = await Should.ThrowAsync<UserError>(asking.OfAsync(Nodes.Node("k8s-m0", [], ("ansible_ssh_extra_args", "-o Nonsense=1"))));

        error.Problem.ShouldContain("Asking ssh how it reaches k8s-m0 failed");
        error.Problem.ShouldContain("nonsense");
    }

    [Theory]
    [InlineData("")]
    [InlineData("hostname\nuser\nport")]
    [InlineData("hostname a\nuser b\n")]
    [InlineData("\0\0\0")]
    public void I_am_told_where_ssh_says_something_else(string output)
    {
        Should.Throw<UserError>(() => EffectiveConnection.Read(output)).Problem.ShouldContain("ssh -G named no");
    }

    [Fact]
    public void I_see_each_node_with_its_user_port_key_and_jump_host()
    {
        using var directory = new TemporaryDirectory();
        var key = directory.Write("id_ed25519", "");
        using var writer = new StringWriter();
        NodeConnection Row(string name, string rest) =>
            new(Nodes.Node(name, []), EffectiveConnection.Read($"hostname 192.0.2.10\nuser ops\nport 2222\n{rest}"));

        new ConnectionsTable(Consoles.Into(writer)).Show([
            Row("k8s-m0", $"identityfile {key}\nidentityfile /nowhere/id_rsa\nproxyjump bastion\n"),
            Row("k8s-n0", "identityfile /nowhere/id\nproxycommand none\n"),
            Row("k8s-n1", "identityfile /nowhere/id_a\nidentityfile /nowhere/id_b\n"),
        ]);

        var lines = writer.ToString().Split('\n');
        string.Concat(lines).ShouldContain("proxyjump bastion");
        lines.ShouldContain(line => line.Contains("k8s-m0") && line.Contains("192.0.2.10") && line.Contains("ops") && line.Contains("2222"));
        lines.ShouldContain(line => line.Contains("k8s-n0") && line.Contains("/nowhere/id (not there)"));
        lines.ShouldContain(line => line.Contains("k8s-n1") && line.Contains("no file, only an agent's"));
    }
}
