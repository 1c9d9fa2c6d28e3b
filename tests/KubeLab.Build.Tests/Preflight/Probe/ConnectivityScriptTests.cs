using System.Net;
using System.Net.Sockets;
using KubeLab.Preflight;
using KubeLab.Ssh;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Preflight;

/// <summary>The real program, run by a real Python on loopback.</summary>
public class ConnectivityScriptTests
{
    [Fact]
    public async Task I_find_out_what_is_open_and_what_is_not()
    {
        Programs.Require("python3");
        using var held = new TcpListener(IPAddress.Loopback, 0);
        held.Start();
        var (own, closed, taken) = (LoopbackSshd.FreePort(), LoopbackSshd.FreePort(), ((IPEndPoint)held.LocalEndpoint).Port);
        var plan = new ConnectivityPlan(
            [own, taken], [new ConnectivityTarget("127.0.0.1", own), new ConnectivityTarget("127.0.0.1", taken), new ConnectivityTarget("127.0.0.1", closed), new ConnectivityTarget("name.invalid", 443)])
        {
            Peers = ["127.0.0.1"],
        };
        var command = ConnectivityScript.For(plan, "/nowhere/python3", "MARKER", seconds: 4);

        var result = await new CommandRunner().RunAsync(new CommandLine(command.Words[0], [.. command.Words.Skip(1)]) { StandardInput = command.StandardInput });
        var reach = ConnectivityParser.Parse(result.StandardOutput, "MARKER");

        reach.Failure.ShouldBeNull(result.StandardError);
        reach.Listening.ShouldBe([own, taken], ignoreOrder: true);
        reach.Outcomes[new ConnectivityTarget("127.0.0.1", own)].ShouldBe(ConnectivityResult.Open);
        reach.Outcomes[new ConnectivityTarget("127.0.0.1", taken)].ShouldBe(ConnectivityResult.Open);
        reach.Outcomes[new ConnectivityTarget("127.0.0.1", closed)].ShouldBe("refused");
        reach.Outcomes[new ConnectivityTarget("name.invalid", 443)].ShouldNotBe(ConnectivityResult.Open);
        reach.Ways["127.0.0.1"].RoundTrip.ShouldBeLessThan(TimeSpan.FromMinutes(1));
        reach.Ways["127.0.0.1"].Tried.ShouldBe(5);
        reach.Wildcard.ShouldNotBeNull();
    }
}
