namespace KubeLab.Preflight;

/// <summary>The node has name servers that its pods can reach too: the cluster's DNS hands on to them, and a loopback address
/// there leads back into the pod itself.</summary>
internal sealed class ResolversRule() : NodeRule("resolvers", "Name servers")
{
    private const string Mode = "dns_mode";
    private const string Upstream = "upstream_dns_servers";
    private const string Disable = "disable_host_nameservers";

    public override IReadOnlyList<string> Variables => [Mode, Upstream, Disable];

    public override IEnumerable<Finding> Judge(ProbedNode node, NodeFacts facts, PreflightContext scene)
    {
        if (scene.Variables.Of(node.Node, Mode) is not { Unresolved: null } mode
            || !mode.Text.StartsWith("coredns", StringComparison.Ordinal))
            yield return Skip("the distribution runs no DNS that would hand on to the node's");
        else if (scene.Variables.Of(node.Node, Upstream) is { Unresolved: null, Items.Count: > 0 } upstream)
            yield return Pass($"{Upstream} takes their place ({upstream.Source})");
        else if (scene.Variables.Of(node.Node, Disable) is { Unresolved: null, IsTrue: true } disable)
            yield return Pass($"{Disable} leaves them out ({disable.Source})");
        else if (facts.NameServers is not { } servers)
            yield return Skip("the node's /etc/resolv.conf can't be read, or is empty");
        else
            yield return Judge(node, facts, servers) with { Observed = servers.Count > 0 ? string.Join(", ", servers) : "none" };
    }

    private Finding Judge(ProbedNode node, NodeFacts facts, IReadOnlyList<string> servers)
    {
        if (servers.Count == 0)
            return Fail($"{node.Name}: /etc/resolv.conf names no name server", $"Name one there, or set {Upstream}.") with
            { Required = "a name server", Source = "Kubespray's assert on the configured name servers" };
        var reachable = servers.Concat(facts.ResolvedNameServers ?? []).Any(
            server => !IPAddress.TryParse(server.Split('%')[0], out var address) || !IPAddress.IsLoopback(address));
        return reachable
            ? Pass(string.Join(", ", servers))
            : Warn(
                $"{node.Name}: its only name servers are its own loopback addresses, which pods can't reach ({string.Join(", ", servers)})",
                $"Set {Upstream} to the servers that it asks, or have the kubelet read another file (kube_resolv_conf).")
                with
            { Required = "one that pods reach", Source = "coredns.io, plugin loop" };
    }
}
