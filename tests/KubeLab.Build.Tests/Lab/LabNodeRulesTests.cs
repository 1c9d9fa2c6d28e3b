using KubeLab.Lab;

namespace KubeLab.Tests.Lab;

public class LabNodeRulesTests
{
    [Fact]
    public void A_good_list_has_no_problem() => Check([.. SampleLab.Nodes]).ShouldBeEmpty();

    [Fact]
    public void An_inventory_without_nodes_is_a_problem() => Check().Single().ShouldContain("no nodes");

    [Theory]
    [InlineData("K8s")]
    [InlineData("-a")]
    [InlineData("a-")]
    [InlineData("a.b")]
    [InlineData("../../etc")]
    [InlineData("a b")]
    [InlineData("a\n")]
    [InlineData("")]
    public void A_name_that_is_no_host_name_is_refused(string name) => Check(SampleLab.Node(name)).Single().ShouldContain("no host name");

    [Fact]
    public void A_name_of_64_letters_is_refused_and_one_of_63_is_not()
    {
        Check(SampleLab.Node(new string('a', 64))).ShouldNotBeEmpty();
        Check(SampleLab.Node(new string('a', 63))).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("198.51.100.10")]
    [InlineData("192.0.2.0")]
    [InlineData("192.0.2.255")]
    [InlineData("2001:db8::10")]
    public void An_address_outside_the_network_is_refused(string address) =>
        Check(SampleLab.Node(address: address)).Single().ShouldBe($"k8s-m0: {address} is no address for a node in 192.0.2.0/24.");

    [Fact]
    public void The_address_of_this_machine_is_refused() => Check(SampleLab.Node(address: "192.0.2.1")).Single().ShouldContain("this machine's own");

    [Theory]
    [InlineData(0)]
    [InlineData(-512)]
    [InlineData(63)]
    public void A_node_without_memory_is_refused(int memoryMb) => Check(SampleLab.Node(memoryMb: memoryMb)).Single().ShouldContain($"{memoryMb} MB");

    [Fact]
    public void A_node_without_processors_is_refused() => Check(SampleLab.Node() with { Cpus = 0 }).Single().ShouldContain("0 processors");

    [Fact]
    public void Twins_are_refused()
    {
        Check(SampleLab.Node("a", "192.0.2.10"), SampleLab.Node("a", "192.0.2.11")).Single().ShouldBe("2 nodes have the name a.");
        Check(SampleLab.Node("a", "192.0.2.10"), SampleLab.Node("b", "192.0.2.10")).Single().ShouldBe("2 nodes have the address 192.0.2.10.");
    }

    [Fact]
    public void The_network_is_what_the_gateway_and_its_prefix_say()
    {
        SampleLab.Network.Subnet.ToString().ShouldBe("192.0.2.0/24");
        (SampleLab.Network with { PrefixLength = 24 }).GatewayWithPrefix.ShouldBe("192.0.2.1/24");
        new LabNetwork("b", System.Net.IPAddress.Parse("192.0.2.129"), 25).Subnet.ToString().ShouldBe("192.0.2.128/25");
        new LabNetwork("b", System.Net.IPAddress.Parse("192.0.2.129"), 20).Subnet.ToString().ShouldBe("192.0.0.0/20");
    }

    private static IReadOnlyList<string> Check(params LabNode[] nodes) => LabNodeRules.Check(nodes, SampleLab.Network);
}
