using System.Net;
using KubeLab.Preflight;

namespace KubeLab.Tests.Preflight;

public class DuplicateRulesTests
{
    private const string OurCertificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    private const string OtherCertificate = "-----BEGIN CERTIFICATE-----\nBBBB\n-----END CERTIFICATE-----\n";

    [Fact]
    public void I_am_told_that_two_nodes_are_clones()
    {
        using var cluster = new SampleCluster()
            .Node("k8s-m0", "ce", SampleFacts.Healthy(10)).Node("k8s-n0", "w", SampleFacts.Healthy(20))
            .Node("k8s-n1", "w", SampleFacts.Healthy(21) with { MachineId = SampleFacts.Healthy(20).MachineId, ProductUuid = SampleFacts.Healthy(20).ProductUuid });

        var ids = cluster.Judge("machine-ids").ShouldHaveSingleItem();
        ids.Status.ShouldBe(FindingStatus.Warning);
        ids.Node.ShouldBeNull();
        ids.Message.ShouldStartWith("k8s-n0 and k8s-n1 have the same machine id");
        cluster.Judge("product-uuids").ShouldHaveSingleItem().Status.ShouldBe(FindingStatus.Warning);
        cluster.Judge("ip-addresses").ShouldHaveSingleItem().Status.ShouldBe(FindingStatus.Passed);
    }

    [Fact]
    public void I_am_told_that_nodes_behind_NAT_would_all_join_with_the_same_address()
    {
        var facts = SampleFacts.Healthy(15) with { Addresses = [new InterfaceAddress("eth0", IPAddress.Parse("10.0.2.15"), 24), new InterfaceAddress("eth1", IPAddress.Parse("192.0.2.20"), 24)] };
        using var cluster = new SampleCluster().Node("k8s-m0", "ce", facts).Node("k8s-n0", "w", facts with { MachineId = "2" });

        cluster.Judge("ip-addresses").ShouldHaveSingleItem().Message.ShouldContain("10.0.2.15");
    }

    [Fact]
    public void I_may_have_the_same_address_on_an_interface_that_no_node_joins_with()
    {
        using var cluster = new SampleCluster().Node("k8s-m0", "ce", Nat("192.0.2.10"), ("ip", "192.0.2.10")).Node("k8s-n0", "w", Nat("192.0.2.20"), ("ip", "192.0.2.20"));

        cluster.Judge("ip-addresses").ShouldHaveSingleItem().Status.ShouldBe(FindingStatus.Passed);

        static NodeFacts Nat(string own) => SampleFacts.Healthy() with
        {
            Addresses = [new InterfaceAddress("eth0", IPAddress.Parse("10.0.2.15"), 24), new InterfaceAddress("eth1", IPAddress.Parse(own), 24)],
        };
    }

    [Fact]
    public void I_am_told_that_two_nodes_have_the_same_hardware_address()
    {
        using var cluster = new SampleCluster().Node("k8s-m0", "ce", SampleFacts.Healthy(10)).Node("k8s-n0", "w", SampleFacts.Healthy(20) with { Interfaces = SampleFacts.Healthy(10).Interfaces });

        cluster.Judge("mac-addresses").ShouldHaveSingleItem().Status.ShouldBe(FindingStatus.Failed);
    }

    [Fact]
    public void I_am_told_of_different_packet_sizes_once()
    {
        using var cluster = new SampleCluster().Node("k8s-m0", "ce", SampleFacts.Healthy(10)).Node("k8s-n0", "w", SampleFacts.Healthy(20) with { Interfaces = [new NetworkInterface("eth0", null, 1450)] });

        cluster.Judge("mtu").ShouldHaveSingleItem().Message.ShouldBe("The nodes' interfaces have different MTUs: 1500 on k8s-m0; 1450 on k8s-n0");
    }

    [Theory]
    [InlineData(true, FindingStatus.Passed)]
    [InlineData(false, FindingStatus.Failed)]
    public void I_am_told_that_nodes_call_themselves_the_same_unless_they_are_renamed(bool areRenamed, FindingStatus expected)
    {
        using var cluster = new SampleCluster().Node("k8s-m0", "ce", SampleFacts.Healthy(10) with { HostName = "debian" }, ("override_system_hostname", areRenamed)).Node("k8s-n0", "w", SampleFacts.Healthy(20) with { HostName = "debian" });

        cluster.Judge("unique-host-names").ShouldHaveSingleItem().Status.ShouldBe(expected);
    }

    [Fact]
    public void I_am_told_that_a_node_belongs_to_another_cluster()
    {
        using var cluster = new SampleCluster()
            .Node("k8s-m0", "ce", SampleFacts.Healthy(10) with { ClusterCertificate = OurCertificate })
            .Node("k8s-n0", "w", SampleFacts.Healthy(20) with { ClusterCertificate = OurCertificate })
            .Node("k8s-n1", "w", SampleFacts.Healthy(21) with { ClusterCertificate = OtherCertificate, ApiServer = "https://198.51.100.7:6443" });

        var finding = cluster.Judge("other-cluster").ShouldHaveSingleItem();

        finding.Status.ShouldBe(FindingStatus.Failed);
        finding.Message.ShouldStartWith("k8s-n1 belongs to another cluster, https://198.51.100.7:6443");
    }

    [Fact]
    public void I_am_told_that_a_worker_belongs_to_a_cluster_and_the_control_plane_to_none()
    {
        using var cluster = new SampleCluster().Node("k8s-m0", "ce", SampleFacts.Healthy(10)).Node("k8s-n1", "w", SampleFacts.Healthy(21) with { ClusterCertificate = OtherCertificate });

        cluster.Judge("other-cluster").ShouldHaveSingleItem().Node.ShouldBe("k8s-n1");
    }

    [Theory]
    [InlineData("https://192.0.2.10:6443", FindingStatus.Passed)]
    [InlineData("https://127.0.0.1:6443", FindingStatus.Passed)]
    [InlineData("https://lb.example.com:6443", FindingStatus.Passed)]
    [InlineData("https://198.51.100.7:6443", FindingStatus.Failed)]
    [InlineData("nonsense", FindingStatus.Passed)]
    public void I_am_told_that_a_control_plane_was_set_up_for_another_address(string server, FindingStatus expected)
    {
        using var cluster = new SampleCluster().Node("k8s-m0", "ce", SampleFacts.Healthy(10) with { ClusterCertificate = OurCertificate, ApiServer = server });

        cluster.Judge("other-cluster").ShouldHaveSingleItem().Status.ShouldBe(expected);
    }

    [Fact]
    public void I_am_told_of_data_of_another_etcd()
    {
        string[] data = ["/var/lib/etcd/member"];
        using var cluster = new SampleCluster()
            .Node("k8s-m0", "ce", SampleFacts.Healthy(10) with { Paths = data, EtcdCertificate = OurCertificate })
            .Node("k8s-m1", "ce", SampleFacts.Healthy(11) with { Paths = data, EtcdCertificate = OtherCertificate })
            .Node("k8s-m2", "ce", SampleFacts.Healthy(12) with { Paths = data, EtcdCertificate = OurCertificate })
            .Node("k8s-n0", "w", SampleFacts.Healthy(20) with { Paths = data });

        var findings = cluster.Judge("etcd-data");

        findings.Select(finding => $"{finding.Node} {finding.Status}").ShouldBe(["k8s-n0 Warning", "k8s-m1 Failed"]);
    }

    [Theory]
    [InlineData(0.3, "w", FindingStatus.Passed)]
    [InlineData(-0.7, "w", FindingStatus.Warning)]
    [InlineData(1.2, "w", FindingStatus.Warning)]
    [InlineData(1.2, "e", FindingStatus.Failed)]
    [InlineData(-31, "w", FindingStatus.Failed)]
    [InlineData(1e9, "w", FindingStatus.Failed)]
    public void I_am_told_of_a_clock_that_is_off(double offset, string roles, FindingStatus expected) => OfClock(new ClockOffset(offset, offset, offset), roles).Status.ShouldBe(expected);

    [Fact]
    public void I_am_warned_of_a_clock_that_a_slow_answer_leaves_unknown() => OfClock(new ClockOffset(-3, -3, 0.2), "e").ShouldSatisfyAllConditions(
        finding => finding.Status.ShouldBe(FindingStatus.Warning),
        finding => finding.Unknown.ShouldBeTrue());

    [Fact]
    public void I_am_told_which_clock_is_off_and_not_that_all_the_others_are()
    {
        using var cluster = new SampleCluster();
        foreach (var name in new[] { "a", "b", "c", "d" })
            cluster.Node(name, "w", SampleFacts.Healthy()).Probed(node => node with { ClockOffset = new ClockOffset(name == "c" ? 120 : 60, name == "c" ? 120 : 60, name == "c" ? 120 : 60) });

        cluster.Judge("clock").Where(finding => finding.Status == FindingStatus.Failed).Select(finding => finding.Node).ShouldBe(["c"]);
    }

    private static Finding OfClock(ClockOffset offset, string roles)
    {
        using var cluster = new SampleCluster().Node("a", "w", SampleFacts.Healthy()).Node("b", "w", SampleFacts.Healthy()).Node("c", roles, SampleFacts.Healthy()).Probed(node => node with { ClockOffset = offset });
        return cluster.Judge("clock").Single(finding => finding.Node == "c");
    }
}
