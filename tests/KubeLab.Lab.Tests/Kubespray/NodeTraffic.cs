using System.Globalization;

namespace KubeLab.Lab.Tests.Kubespray;

/// <summary>
/// Counts what the lab's nodes ask for, in a chain of its own on this machine: at the bundle's address, at other ports of this
/// machine, and anywhere else, which gets no further.
/// </summary>
public static class NodeTraffic
{
    private const string Chain = "KUBELAB-TEST-ASKED";
    private const string Bridge = "kubelab0";

    // What nodes and pods say to one another. The subnets of pods and services are the release's own.
    private static readonly string[] Within = ["10.86.0.2-10.86.0.255", "10.233.0.0-10.233.127.255", "224.0.0.0-255.255.255.255"];

    /// <summary>Begins to count, or goes on with what an earlier run began.</summary>
    public static async Task CountAsync()
    {
        if ((await LabMachine.HereAsync("iptables", "-w", "-t", "mangle", "-nL", Chain)).ExitCode == 0)
            return;
        await RulesAsync($"""
            -N {Chain}
            {string.Join('\n', Within.Select(range => $"-A {Chain} -m iprange --dst-range {range} -j RETURN"))}
            -A {Chain} -d 10.86.0.1 -p tcp -m multiport --dports 8080,8081 -m comment --comment bundle -j RETURN
            -A {Chain} -d 10.86.0.1 -p tcp ! --syn -j RETURN
            -A {Chain} -d 10.86.0.1 -p icmp -j RETURN
            -A {Chain} -d 169.254.169.254 -p tcp --dport 80 -m comment --comment metadata -j DROP
            -A {Chain} -m comment --comment elsewhere -j DROP
            -I PREROUTING -i {Bridge} -j {Chain}
            """);
    }

    /// <summary>Nothing but the bundle was asked for since the count began; and it would have been seen.</summary>
    /// <param name="node">A node's address, which asks for something else in the end.</param>
    public static async Task ShouldBeOfTheBundleAsync(string node)
    {
        var (bundle, metadata, elsewhere) = await ReadAsync();
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{bundle} packets to the bundle, {metadata} to a cloud's metadata service, {elsewhere} elsewhere");

        bundle.ShouldBeGreaterThan(100);
        elsewhere.ShouldBe(0);
        await LabMachine.OnNodeAsync(node, "timeout 2 bash -c 'exec 3<> /dev/tcp/192.0.2.1/443'");
        (await ReadAsync()).Elsewhere.ShouldBeGreaterThan(0);
        await EndAsync();
    }

    /// <summary>Ends the count, also one that a killed test left behind.</summary>
    public static async Task EndAsync()
    {
        await LabMachine.HereAsync("iptables", "-w", "-t", "mangle", "-D", "PREROUTING", "-i", Bridge, "-j", Chain);
        await LabMachine.HereAsync("iptables", "-w", "-t", "mangle", "-F", Chain);
        await LabMachine.HereAsync("iptables", "-w", "-t", "mangle", "-X", Chain);
    }

    // How many packets asked the bundle, and how many anything else. A kubelet asks the link's own 169.254.169.254 whether its machine
    // is one of a cloud's, whatever is deployed: that is no download, gets no further either, and is counted by itself.
    private static async Task<(long Bundle, long Metadata, long Elsewhere)> ReadAsync()
    {
        var lines = (await LabMachine.HereAsync("iptables", "-w", "-t", "mangle", "-nvxL", Chain)).ShouldSucceed().Output.Split('\n');
        long Packets(string comment) => long.Parse(
            lines.Single(line => line.Contains($"/* {comment} */", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[0],
            CultureInfo.InvariantCulture);
        return (Packets("bundle"), Packets("metadata"), Packets("elsewhere"));
    }

    private static async Task RulesAsync(string rules)
    {
        foreach (var rule in rules.Split('\n'))
            (await LabMachine.HereAsync("iptables", ["-w", "-t", "mangle", .. rule.Split(' ')])).ShouldSucceed();
    }
}
