using KubeLab.Commands;
using KubeLab.Lab;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Lab;

public class WayOutTests
{
    // /proc/net/route, addresses in the byte order of a PC: 192.0.2.1 is the gateway.
    private const string Heading = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n";
    private const string Default = "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n";
    private const string OfLab = "kubelab0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0\n";

    private static readonly WayOut Way = new(SampleLab.Network, new LabFolder("/nowhere"), new CommandRunner(), Consoles.Silent());

    [Fact]
    public void What_nodes_send_goes_out_with_this_machines_address_and_answers_alone_come_in() =>
        Way.Rules.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldBe([
            "*filter",
            ":KUBELAB-LAB - [0:0]",
            "-A KUBELAB-LAB -i kubelab0 ! -o kubelab0 -j ACCEPT",
            "-A KUBELAB-LAB -o kubelab0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
            "-A KUBELAB-LAB -o kubelab0 ! -i kubelab0 -j DROP",
            "COMMIT",
            "*nat",
            ":KUBELAB-LAB - [0:0]",
            "-A KUBELAB-LAB -s 192.0.2.0/24 ! -o kubelab0 -j MASQUERADE",
            "COMMIT",
        ]);

    [Fact]
    public void The_way_out_is_that_of_the_default_route() => Way.Uplink(Heading + OfLab + Default).ShouldBe("eth0");

    [Theory]
    [InlineData("")]
    [InlineData(Heading + OfLab)]
    [InlineData("eth0\tnonsense\n")]
    public void I_am_told_that_this_machine_has_no_way_out_itself(string routes) =>
        Should.Throw<UserError>(() => Way.Uplink(routes)).Message.ShouldContain("it has no default route");

    [Fact]
    public void Nodes_ask_the_name_servers_that_are_not_this_machine_itself() =>
        WayOut.NameServers(["# none\nnameserver 127.0.0.53\n", "search example\nnameserver 192.0.2.53\nnameserver\nnameserver 192.0.2.53\n"])
            .ShouldBe(["192.0.2.53"]);

    [Theory]
    [InlineData("")]
    [InlineData("nameserver 127.0.0.53\nnameserver ::1\n")]
    [InlineData("nameserver nonsense\n")]
    public void I_am_told_that_there_is_no_name_server_for_nodes(string file) =>
        Should.Throw<UserError>(() => WayOut.NameServers([file])).Message.ShouldContain("no name server");
}
