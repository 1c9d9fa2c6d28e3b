using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>DNS runs on more than one node, so that the loss of one isn't the loss of all names.</summary>
public sealed class DnsSpreadCheck : ISmokeCheck
{
    public string Id => "dns-spread";
    public string Title => "DNS runs on more than one node";
    public SmokeArea Area => SmokeArea.System;
    public string Needs => "DNS in pods of kube-system, and two nodes that take pods";

    public async Task<SmokeVerdict> RunAsync(SmokeContext context, CancellationToken cancellationToken)
    {
        var nodes = await context.NodesAsync();
        var states = await context.NodeStatesAsync();
        return Judge(
            await context.SystemPodsAsync(),
            nodes.Count(node => node.TakesPods && states.Trouble(node.Name) is null));
    }

    internal static SmokeVerdict Judge(IReadOnlyList<KubePod> pods, int takingPods)
    {
        // One on every node is a cache, and asks the others.
        var dns = pods.Where(pod => pod.Labels.GetValueOrDefault("k8s-app") is "kube-dns" or "coredns"
            && pod.OwnerKind != "DaemonSet" && pod is { IsReady: true, IsDeleted: false }).ToList();
        if (dns.Count == 0)
            return SmokeVerdict.Skip("no pod of DNS is ready in kube-system: see system-workloads");
        if (takingPods < 2)
            return SmokeVerdict.Skip($"{takingPods} node takes pods, and two are needed");
        var on = dns.Select(pod => pod.Node).Distinct().ToList();
        return dns.Count switch
        {
            1 => SmokeVerdict.From("DNS has one pod",
                [Finding.Warn(on[0], "the only pod of DNS runs here: with the node all names are lost")]),
            _ when on.Count == 1 =>
                SmokeVerdict.Fail($"all {dns.Count} pods of DNS run on it: with the node all names are lost", dns[0].Reference,
                    on[0]),
            _ => SmokeVerdict.Pass($"{dns.Count} pods of DNS run on {on.Count} nodes"),
        };
    }
}
