using KubeLab.Clusters;
using KubeLab.Ssh;
using KubeLab.Tests.Clusters;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Ssh;

public class SshConfigFileTests
{
    [Theory]
    [InlineData("-o ProxyJump=bastion", "ProxyJump=bastion")]
    [InlineData("-J ops@bastion", "ProxyJump=ops@bastion")]
    [InlineData("-Jbastion", "ProxyJump=bastion")]
    [InlineData("-oCompression=yes", "Compression=yes")]
    [InlineData("-o 'ProxyCommand=ssh -W %h:%p bastion'", "ProxyCommand=ssh -W %h:%p bastion")]
    [InlineData("-F other -4 -A", "AddressFamily=inet")]
    public void I_can_give_other_programs_what_the_inventory_gives_ssh(string arguments, string expected)
    {
        Text(Nodes.Node("k8s-m0", [], ("ansible_host", "192.0.2.10"), ("ansible_ssh_common_args", arguments)))
            .ShouldContain($"\n    {expected}\n");
    }

    [Fact]
    public void I_can_name_a_node_where_I_would_have_to_name_its_address()
    {
        var text = Text(Nodes.Node("k8s-m0", [], ("ansible_host", "192.0.2.10"), ("ansible_port", "2222"), ("ansible_user", "ops")));

        text.ShouldContain("\nHost k8s-m0\n");
        text.ShouldContain("\n    HostName=192.0.2.10\n");
        text.ShouldContain("\n    Port=2222\n");
        text.ShouldContain("\n    User=ops\n");
        text.ShouldContain("\n    StrictHostKeyChecking=yes\n");
        text.ShouldNotContain("BatchMode");
    }

    [Fact]
    public void I_keep_the_jump_host_that_my_own_configuration_has_for_an_address()
    {
        Text(Nodes.Node("k8s-m0", [], ("ansible_host", "192.0.2.10")), "proxyjump bastion").ShouldContain("\n    proxyjump bastion\n");
    }

    [Theory]
    [InlineData("-w 0", "-w")]
    [InlineData("bastion", "bastion")]
    [InlineData("-E log", "-E")]
    public void I_am_told_what_has_no_form_there(string arguments, string named)
    {
        var node = Nodes.Node("k8s-m0", [], ("ansible_host", "192.0.2.10"), ("ansible_ssh_extra_args", arguments));

        Should.Throw<UserError>(() => Text(node)).Problem.ShouldStartWith($"k8s-m0: {named}, which the inventory gives ssh");
    }

    [Theory]
    [InlineData("-oProxyCommand=id")]
    [InlineData("two words")]
    [InlineData("a\nHost *")]
    [InlineData("*")]
    [InlineData("!k8s-m0")]
    [InlineData("$(id)")]
    public void I_am_told_of_a_name_that_ssh_would_read_otherwise(string name)
    {
        Should.Throw<UserError>(() => Text(Nodes.Node(name, [], ("ansible_host", "192.0.2.10")))).Problem.ShouldContain("is no name");
        Should.Throw<UserError>(() => Text(Nodes.Node("k8s-m0", [], ("ansible_host", name)))).Problem.ShouldContain("is no ansible_host");
    }

    private static string Text(Node node, string? detour = null)
    {
        using var directory = new TemporaryDirectory();
        var shown = $"hostname {node.Address}\nuser {node.Text("ansible_user") ?? "root"}\nport {node.Text("ansible_port") ?? "22"}\n{detour}\n";
        return SshConfigFile.Text(
            new SshOptions(Tests.Clusters.Sample.Cluster(directory)), [new NodeConnection(node, EffectiveConnection.Read(shown))]);
    }
}
