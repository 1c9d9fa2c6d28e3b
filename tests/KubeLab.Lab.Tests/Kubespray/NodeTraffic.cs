using System.Globalization;

namespace KubeLab.Lab.Tests.Kubespray;

/// <summary>
/// Counts what the lab's nodes ask for, in a chain of its own on this machine: at the bundle's address, at other ports of this
/// machine, and anywhere else, which gets no further.
/// </summary>
public sealed class NodeTraffic : IAsyncDisposable
{
    private const string Chain = "KUBELAB-TEST-ASKED";
    private const string Bridge = "kubelab0";

    // What nodes and pods say to one another. The subnets of pods and services are the release's own.
    private static readonly string[] Within = ["10.86.0.2-10.86.0.255", "10.233.0.0-10.233.127.255", "224.0.0.0-255.255.255.255"];

    private NodeTraffic()
    {
    }

    public static async Task<NodeTraffic> CountAsync()
    {
        await RemoveAsync();
        await RulesAsync($"""
            -N {Chain}
            {string.Join('\n', Within.Select(range => $"-A {Chain} -m iprange --dst-range {range} -j RETURN"))}
            -A {Chain} -d 10.86.0.1 -p tcp -m multiport --dports 8080,8081 -m comment --comment bundle -j RETURN
            -A {Chain} -d 10.86.0.1 -p tcp ! --syn -j RETURN
            -A {Chain} -d 10.86.0.1 -p icmp -j RETURN
            -A {Chain} -m comment --comment elsewhere -j DROP
            -I PREROUTING -i {Bridge} -j {Chain}
            """);
        return new NodeTraffic();
    }

    /// <summary>How many packets asked the bundle, and how many anything else.</summary>
    public async Task<(long Bundle, long Elsewhere)> ReadAsync()
    {
        var lines = (await LabMachine.HereAsync("iptables", "-w", "-t", "mangle", "-nvxL", Chain)).ShouldSucceed().Output.Split('\n');
        long Packets(string comment) => long.Parse(
            lines.Single(line => line.Contains($"/* {comment} */", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[0],
            CultureInfo.InvariantCulture);
        return (Packets("bundle"), Packets("elsewhere"));
    }

    public async ValueTask DisposeAsync() => await RemoveAsync();

    private static async Task RulesAsync(string rules)
    {
        foreach (var rule in rules.Split('\n'))
            (await LabMachine.HereAsync("iptables", ["-w", "-t", "mangle", .. rule.Split(' ')])).ShouldSucceed();
    }

    // Also what a test that was killed left behind.
    private static async Task RemoveAsync()
    {
        await LabMachine.HereAsync("iptables", "-w", "-t", "mangle", "-D", "PREROUTING", "-i", Bridge, "-j", Chain);
        await LabMachine.HereAsync("iptables", "-w", "-t", "mangle", "-F", Chain);
        await LabMachine.HereAsync("iptables", "-w", "-t", "mangle", "-X", Chain);
    }
}
