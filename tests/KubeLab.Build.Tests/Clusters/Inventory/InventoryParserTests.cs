using CsCheck;
using KubeLab.Clusters;

namespace KubeLab.Tests.Clusters;

public class InventoryParserTests
{
    // Printed by ansible-inventory 2.14.18 --list for an inventory with a bastion, old group names and a child group.
    private const string Printed = """
        {
          "_meta": { "hostvars": {
            "bastion": { "ansible_host": "192.0.2.1" },
            "k8s-m0": { "ansible_host": "192.0.2.10", "ip": "10.0.0.10", "minimal_node_memory_mb": 900 },
            "k8s-n0": { "access_ip": "192.0.2.20" },
            "k8s-n1": {} } },
          "all": { "children": ["ungrouped", "kube-master", "etcd", "k8s-cluster"] },
          "etcd": { "hosts": ["k8s-m0"] },
          "k8s-cluster": { "children": ["kube-master", "kube-node"] },
          "kube-master": { "hosts": ["k8s-m0"] },
          "kube-node": { "hosts": ["k8s-n1", "k8s-n0"] },
          "ungrouped": { "hosts": ["bastion"] }
        }
        """;

    [Fact]
    public void I_get_the_nodes_with_their_roles_and_addresses()
    {
        var inventory = InventoryParser.Parse("inventory.ini", Printed);

        inventory.ControlPlane.Select(node => node.Name).ShouldBe(["k8s-m0"]);
        inventory.Workers.Select(node => node.Name).ShouldBe(["k8s-n1", "k8s-n0"]);
        inventory.EtcdMembers.Single().AccessAddress.ShouldBe("10.0.0.10");
        inventory.Nodes.Single(node => node.Name == "k8s-n0").AccessAddress.ShouldBe("192.0.2.20");
        inventory.Others.Select(node => node.Name).ShouldBe(["bastion"]);
        inventory.Nodes.Single(node => node.Name == "k8s-m0").Text("minimal_node_memory_mb").ShouldBe("900");
        inventory.Nodes.Single(node => node.Name == "k8s-m0").Groups.ShouldContain("k8s_cluster");
    }

    [Theory]
    [InlineData("")]
    [InlineData("[WARNING]: nothing")]
    [InlineData("[]")]
    [InlineData("{\"_meta\": {\"hostvars\": 3}}")]
    [InlineData("{\"all\": {\"hosts\": \"k8s-m0\"}}")]
    public void I_am_told_that_it_is_no_inventory(string printed) =>
        Should.Throw<UserError>(() => InventoryParser.Parse("hosts.yml", printed)).Message.ShouldStartWith("hosts.yml: ansible-inventory");

    [Fact]
    public void I_get_an_error_and_never_a_crash_for_a_cut_off_inventory() =>
        Gen.Int[0, Printed.Length - 2].Sample(length => Should.Throw<UserError>(() => InventoryParser.Parse("i", Printed[..length])));
}
