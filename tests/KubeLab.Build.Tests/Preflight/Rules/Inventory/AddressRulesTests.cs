using KubeLab.Preflight;
using KubeLab.Variables;

namespace KubeLab.Tests.Preflight;

/// <summary>Ways to the nodes that lead nowhere.</summary>
public class AddressRulesTests
{
    [Theory]
    [InlineData("winrm", FindingStatus.Failed)]
    [InlineData("community.aws.aws_winrm", FindingStatus.Failed)]
    [InlineData("ansible.netcommon.network_cli", FindingStatus.Failed)]
    [InlineData("docker", FindingStatus.Warning)]
    [InlineData("ssh", FindingStatus.Passed)]
    [InlineData("ansible.builtin.ssh", FindingStatus.Passed)]
    [InlineData("local", FindingStatus.Passed)]
    public void I_am_told_which_connections_Kubespray_cannot_use(string connection, FindingStatus expected)
    {
        using var cluster = new SampleCluster().Node("m0", "cew", null, ("ansible_connection", connection));

        cluster.Judge("connections").ShouldHaveSingleItem().Status.ShouldBe(expected);
    }

    [Theory]
    [InlineData("ip", "127.0.1.1", FindingStatus.Failed)]
    [InlineData("access_ip", "::1", FindingStatus.Failed)]
    [InlineData("ansible_host", "127.0.0.1", FindingStatus.Warning)]
    [InlineData("ansible_host", "localhost", FindingStatus.Warning)]
    [InlineData("ip", "192.0.2.1", FindingStatus.Passed)]
    public void I_am_told_of_loopback_addresses_in_a_cluster_of_several(string name, string value, FindingStatus expected)
    {
        using var cluster = new SampleCluster().Node("m0", "ce", null, (name, value)).Node("n0", "w", null);

        cluster.Judge("loopback-addresses").ShouldHaveSingleItem().Status.ShouldBe(expected);
    }

    [Fact]
    public void I_may_reach_machines_behind_ports_of_this_one_and_have_a_cluster_of_one_on_it()
    {
        using var forwarded = new SampleCluster().Node("m0", "ce", null, ("ansible_host", "127.0.0.1"), ("ansible_port", 2201)).Node("n0", "w", null);
        using var single = new SampleCluster().Node("m0", "cew", null, ("ip", "127.0.0.1"));

        forwarded.Judge("loopback-addresses").ShouldHaveSingleItem().Status.ShouldBe(FindingStatus.Passed);
        single.Judge("loopback-addresses").ShouldHaveSingleItem().Status.ShouldBe(FindingStatus.Passed);
    }

    [Theory]
    [InlineData("ansible_host", "10.233.0.7", "kube_service_addresses 10.233.0.0/18")]
    [InlineData("ip", "10.233.100.7", "kube_pods_subnet 10.233.64.0/18")]
    [InlineData("ip", "192.0.2.7", null)]
    public void I_am_warned_of_a_node_in_the_networks_of_Services_or_pods(string name, string value, string? network)
    {
        using var cluster = new SampleCluster().Node("m0", "cew", null, (name, value));

        var finding = cluster.Judge("addresses-apart").ShouldHaveSingleItem();

        finding.Status.ShouldBe(network is null ? FindingStatus.Passed : FindingStatus.Warning);
        finding.Message.ShouldContain(network ?? "no node's address");
    }

    [Theory]
    [InlineData("ip", "{{ my_addres }}", FindingStatus.Failed)]
    [InlineData("ansible_host", "{{ my_addres }}", FindingStatus.Failed)]
    [InlineData("ip", "{{ ansible_default_ipv4.address }}", FindingStatus.Passed)]
    [InlineData("ip", "192.0.2.1", FindingStatus.Passed)]
    public void I_am_told_which_templates_of_addresses_have_no_value(string name, string value, FindingStatus expected)
    {
        using var cluster = new SampleCluster().Node("m0", "cew", null, (name, value));

        cluster.Judge("address-templates").ShouldHaveSingleItem().Status.ShouldBe(expected);
    }

    [Fact]
    public void I_am_told_which_variable_cannot_be_decrypted_and_never_see_it()
    {
        using var cluster = new SampleCluster()
            .Node("m0", "cew", null, ("kube_service_addresses", new Dictionary<string, string>() { ["__ansible_vault"] = "$ANSIBLE_VAULT;1.1;AES256\n6162\n" }))
            .Inventory("group_vars/all.yml", "a: 1\nkube_service_addresses: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  6162\n");

        var finding = cluster.Judge("vault").ShouldHaveSingleItem();

        finding.Message.ShouldStartWith("inventory/group_vars/all.yml:2: kube_service_addresses is encrypted");
        finding.Remedy!.ShouldContain("--vault-password-file");
        cluster.Judge("subnets").ShouldContain(each => each.Unknown);
        cluster.Judge().ShouldAllBe(each => !$"{each}{each.Observed}{each.Remedy}".Contains("6162"));
    }
}
