using KubeLab.Preflight;

namespace KubeLab.Tests.Preflight;

public class InventoryRulesTests
{
    [Fact]
    public void I_am_told_nothing_of_a_healthy_inventory()
    {
        using var cluster = new SampleCluster()
            .Node("k8s-m0", "ce", null, ("ansible_host", "192.0.2.10"), ("ip", "192.0.2.10"))
            .Node("k8s-n0", "w", null, ("ansible_host", "192.0.2.20"))
            .Node("k8s-n1.example.com", "w", null);
        var inventoryRules = CheckCatalog.All<Rule>().Where(rule => rule.Stage == RuleStage.Inventory).Select(rule => rule.Id);

        inventoryRules.SelectMany(cluster.Judge).ShouldAllBe(finding => finding.Status == FindingStatus.Passed);
    }

    [Fact]
    public void I_am_told_that_an_inventory_is_empty()
    {
        using var cluster = new SampleCluster();

        Fails(cluster, "hosts").Message.ShouldBe("inventory.ini has no machines");
        Fails(cluster, "control-plane").Message.ShouldContain("kube_control_plane is empty");
        Fails(cluster, "etcd-members").Message.ShouldContain("etcd is empty");
    }

    [Theory]
    [InlineData(1, FindingStatus.Passed)]
    [InlineData(2, FindingStatus.Failed)]
    [InlineData(3, FindingStatus.Passed)]
    [InlineData(4, FindingStatus.Failed)]
    public void I_am_told_that_etcd_has_an_even_number_of_members(int members, FindingStatus expected)
    {
        using var cluster = new SampleCluster();
        for (var i = 0; i < members; i++)
            cluster.Node($"k8s-m{i}", "ce", null);

        cluster.Judge("etcd-members").ShouldHaveSingleItem().Status.ShouldBe(expected);
    }

    [Fact]
    public void I_am_only_warned_of_an_even_number_where_the_distribution_does_not_check_it()
    {
        using var cluster = new SampleCluster().Node("k8s-m0", "ce", null, ("ignore_assert_errors", true)).Node("k8s-m1", "ce", null, ("ignore_assert_errors", true));

        cluster.Judge("etcd-members").ShouldHaveSingleItem().Status.ShouldBe(FindingStatus.Warning);
    }

    [Fact]
    public void I_may_leave_the_group_of_etcd_out_where_kubeadm_runs_it()
    {
        using var cluster = new SampleCluster().Node("k8s-m0", "c", null, ("etcd_deployment_type", "kubeadm"));

        cluster.Judge("etcd-members").ShouldHaveSingleItem().Status.ShouldBe(FindingStatus.Passed);
    }

    [Theory]
    [InlineData("k8s-m0", true)]
    [InlineData("k8s-m0.example.com", true)]
    [InlineData("0", true)]
    [InlineData("K8s-m0", false)]
    [InlineData("k8s_m0", false)]
    [InlineData("-k8s", false)]
    [InlineData("k8s-", false)]
    [InlineData("k8s..m0", false)]
    [InlineData("k8s-m0\n", false)]
    [InlineData("a123456789b123456789c123456789d123456789e123456789f123456789g123", false)]
    public void I_am_told_which_names_Kubernetes_does_not_accept(string name, bool isValid)
    {
        using var cluster = new SampleCluster().Node(name, "cew", null);

        cluster.Judge("host-names").ShouldHaveSingleItem().Status.ShouldBe(isValid ? FindingStatus.Passed : FindingStatus.Failed);
    }

    [Fact]
    public void I_am_told_that_one_machine_has_three_names()
    {
        using var cluster = new SampleCluster()
            .Node("a", "c", null, ("ansible_host", "192.0.2.10")).Node("b", "w", null, ("ansible_host", "192.0.2.10")).Node("c", "w", null, ("ansible_host", "192.0.2.10"), ("ansible_port", 22));

        var finding = Fails(cluster, "unique-addresses");

        finding.Message.ShouldBe("a, b, c have the same ansible_host: 192.0.2.10");
    }

    [Fact]
    public void I_may_reach_several_machines_behind_one_address_by_port_or_by_jump_host()
    {
        using var cluster = new SampleCluster()
            .Node("a", "c", null, ("ansible_host", "192.0.2.10"), ("ansible_port", 2201))
            .Node("b", "w", null, ("ansible_host", "192.0.2.10"), ("ansible_port", 2202))
            .Node("c", "w", null, ("ansible_host", "192.0.2.10"), ("ansible_port", 2202), ("ansible_ssh_common_args", "-J bastion"));

        cluster.Judge("unique-addresses").ShouldHaveSingleItem().Status.ShouldBe(FindingStatus.Passed);
    }

    [Fact]
    public void I_am_told_that_two_nodes_have_the_same_ip()
    {
        using var cluster = new SampleCluster()
            .Node("a", "c", null, ("ip", "192.0.2.10")).Node("b", "w", null, ("ip", "192.0.2.10"));

        Fails(cluster, "unique-addresses").Message.ShouldBe("a, b have the same ip: 192.0.2.10");
    }

    [Theory]
    [InlineData("ansible_host", "192.0.2.10", true)]
    [InlineData("ansible_host", "k8s-m0.example.com", true)]
    [InlineData("ansible_host", "alias_in_ssh_config", true)]
    [InlineData("ansible_host", "2001:db8::10", true)]
    [InlineData("ansible_host", "192.0.2.300", false)]
    [InlineData("ansible_host", "192.0.2", false)]
    [InlineData("ansible_host", "-oProxyCommand=evil", false)]
    [InlineData("ansible_host", "two words", false)]
    [InlineData("ansible_host", "", false)]
    [InlineData("ip", "192.0.2.10", true)]
    [InlineData("ip", "k8s-m0", false)]
    [InlineData("ip", "192.0.2.010", false)]
    [InlineData("access_ip", "0.0.0.0", false)]
    public void I_am_told_which_addresses_are_none(string variable, string value, bool isValid)
    {
        using var cluster = new SampleCluster().Node("k8s-m0", "c", null, (variable, value));

        cluster.Judge("valid-addresses").ShouldHaveSingleItem().Status.ShouldBe(isValid ? FindingStatus.Passed : FindingStatus.Failed);
    }

    [Theory]
    [InlineData("10.233.0.0/18", "10.233.64.0/18", 0)]
    [InlineData("10.233.0.0/16", "10.233.64.0/18", 1)]
    [InlineData("10.233.64.0/24", "10.233.64.0/18", 1)]
    [InlineData("10.233.0.0", "10.233.64.0/18", 1)]
    [InlineData("10.233.0.0/33", "all", 2)]
    [InlineData("10.233.0.1/18", "10.233.64.0/18", 0)]
    public void I_am_told_which_networks_are_none_or_share_addresses(string services, string pods, int failures)
    {
        using var cluster = new SampleCluster().Node("k8s-m0", "c", null, ("kube_service_addresses", services), ("kube_pods_subnet", pods));

        cluster.Judge("subnets").Count(finding => finding.Status == FindingStatus.Failed).ShouldBe(failures);
    }

    [Theory]
    [InlineData("10.233.64.0/18", 24, 3, FindingStatus.Passed)]
    [InlineData("10.233.64.0/23", 24, 3, FindingStatus.Failed)]
    [InlineData("10.233.64.0/18", 26, 3, FindingStatus.Failed)]
    [InlineData("10.233.64.0/18", 16, 3, FindingStatus.Failed)]
    public void I_am_told_that_the_pod_network_is_too_small(string pods, int prefix, int nodes, FindingStatus expected)
    {
        using var cluster = new SampleCluster();
        for (var i = 0; i < nodes; i++)
            cluster.Node($"n{i}", "c", null, ("kube_pods_subnet", pods), ("kube_network_node_prefix", prefix));

        cluster.Judge("pod-network-size").ShouldHaveSingleItem().Status.ShouldBe(expected);
    }

    [Fact]
    public void I_am_not_held_to_networks_of_nodes_by_Calico()
    {
        using var cluster = new SampleCluster().Node("n0", "c", null, ("kube_network_plugin", "calico"), ("kube_pods_subnet", "10.0.0.0/30"));

        cluster.Judge("pod-network-size").ShouldHaveSingleItem().Status.ShouldBe(FindingStatus.Skipped);
    }

    private static Finding Fails(SampleCluster cluster, string rule)
    {
        var finding = cluster.Judge(rule).ShouldHaveSingleItem();
        finding.Status.ShouldBe(FindingStatus.Failed);
        finding.Remedy.ShouldNotBeNullOrWhiteSpace();
        return finding;
    }

    [Theory]
    [InlineData("calico", FindingStatus.Passed)]
    [InlineData("cni", FindingStatus.Warning)]
    [InlineData("none", FindingStatus.Warning)]
    public void I_am_told_that_the_playbook_installs_no_pod_network(string plugin, FindingStatus expected)
    {
        using var cluster = new SampleCluster().Node("k8s-m0", "cew", null, ("kube_network_plugin", plugin));

        cluster.Judge("pod-network").ShouldHaveSingleItem().Status.ShouldBe(expected);
    }
}
