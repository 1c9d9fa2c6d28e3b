using System.Net;
using CsCheck;
using KubeLab.Lab;

namespace KubeLab.Tests.Lab;

public class MachineProbeTests
{
    [Fact]
    public void I_can_read_routes()
    {
        // /proc/net/route of a little-endian machine, whitespace as the kernel pads it.
        const string Text = """
            Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
            eth0	00000000	010200C0	0003	0	0	0	00000000	0	0	0
            kubelab0	0000560A	00000000	0001	0	0	0	00FFFFFF	0	0	0

            """;

        Route.Parse(Text).ShouldBe(
        [
            new Route("eth0", IPNetwork.Parse("0.0.0.0/0"), IsDirect: false),
            new Route("kubelab0", IPNetwork.Parse("10.86.0.0/24"), IsDirect: true),
        ]);
    }

    [Fact]
    public void Lines_that_are_no_routes_are_left_out() =>
        Route.Parse("eth0\tzz\t0\t0\t0\t0\t0\tFF\n\neth0 00\nx 0000560A 0 0 0 0 0 FEZ\n").ShouldBeEmpty();

    [Fact]
    public void No_routing_table_throws() => Gen.String.Sample(text => Route.Parse(text) is not null);

    [Theory]
    [InlineData("192.0.2.0/24", "192.0.2.0/24", true)]
    [InlineData("192.0.2.0/24", "192.0.2.128/25", true)]
    [InlineData("192.0.0.0/16", "192.0.2.0/24", true)]
    [InlineData("192.0.2.0/24", "192.0.3.0/24", false)]
    public void Networks_overlap_when_one_holds_the_other(string left, string right, bool expected)
    {
        Route.Overlap(IPNetwork.Parse(left), IPNetwork.Parse(right)).ShouldBe(expected);
        Route.Overlap(IPNetwork.Parse(right), IPNetwork.Parse(left)).ShouldBe(expected);
    }

    [Theory]
    [InlineData("MemTotal:       24684096 kB\nMemAvailable:   24044543 kB\n", 23480)]
    [InlineData("MemTotal: 1 kB\n", 0)]
    [InlineData("MemAvailable: lots\n", 0)]
    public void Available_memory_is_in_MB_rounded_down(string meminfo, long expected) =>
        MachineProbe.ParseMemoryAvailableMb(meminfo).ShouldBe(expected);

    [Theory]
    [InlineData("CapPrm:\t0000000000000000\nCapEff:\t000001fffeffffff\n", 0x1fffeffffffUL)]
    [InlineData("CapEff:\t0000000000000000\n", 0UL)]
    [InlineData("Name:\tcat\n", ulong.MaxValue)]
    public void Capabilities_are_the_effective_ones(string status, ulong expected) =>
        MachineProbe.ParseCapabilities(status).ShouldBe(expected);
}
