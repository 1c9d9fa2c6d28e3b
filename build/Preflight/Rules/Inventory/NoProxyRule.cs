using KubeLab.Variables;

namespace KubeLab.Preflight;

/// <summary>
/// What the cluster says to itself goes past the proxy: <c>no_proxy</c>, where the inventory sets it, covers the nodes, the pods
/// and the Services. Where it doesn't, the playbook makes it of them (Kubespray, roles/network_facts and
/// roles/kubespray-defaults).
/// </summary>
internal sealed class NoProxyRule() : ClusterRule("no-proxy", "What goes past the proxy", RuleStage.Inventory)
{
    private const string NoProxy = "no_proxy";
    private static readonly string[] Proxies = ["http_proxy", "https_proxy"];

    public override IReadOnlyList<string> Variables => [NoProxy, .. Proxies, .. ClusterSubnets.Variables];

    public override IEnumerable<Finding> Judge(PreflightContext scene)
    {
        var proxy = Proxies.Select(scene.Variables.OfCluster).OfType<EffectiveVariable>()
            .FirstOrDefault(set => set.Unresolved is not null || set.Text.Length > 0);
        if (proxy is null)
            return [Pass("no proxy is set")];
        if (scene.Variables.OfCluster(NoProxy) is not { IsDefault: false } set)
            return [Pass("the playbook makes it of the nodes, the pods and the Services")];
        if (set.Unresolved is { } reason)
            return [Unknown($"{NoProxy} is {set.Text}: {reason}", $"Correct {NoProxy} in {set.Source}.")];
        var entries = set.Text.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return new[] { Nodes(scene, entries), Networks(scene, entries) }.OfType<(string What, string Entry)>().Select(
            missing => Fail(
            $"{NoProxy} leaves out {missing.What}: what the cluster says to them goes to the proxy",
            $"Add {missing.Entry} to {NoProxy} in {set.Source}, or remove it there, and name what else goes past the proxy in additional_no_proxy.")
            .Compared(set.Text, missing.Entry, set.Source))
            .DefaultIfEmpty(Pass("it covers the nodes, the pods and the Services"));
    }

    private static (string, string)? Nodes(PreflightContext scene, string[] entries)
    {
        var missing = scene.Inventory.Nodes.Where(node => node.JoinsCluster || node.IsEtcdMember)
            .Select(node => node.AccessAddress)
            .Where(address => !Template.IsIn(address) && !entries.Any(entry => Covers(entry, address))).ToList();
        var some = string.Join(",", missing.Take(3));
        return missing.Count == 0 ? null
            : ($"{missing.Count} node{(missing.Count == 1 ? "" : "s")} ({some}{(missing.Count > 3 ? ", …" : "")})", some);
    }

    private static (string, string)? Networks(PreflightContext scene, string[] entries)
    {
        var missing = ClusterSubnets.Pairs(scene.Variables).SelectMany(pair => new[] { pair.Services, pair.Pods })
            .Where(subnet => subnet.Network is { } network && !entries.Any(entry => Covers(entry, network))).ToList();
        return missing.Count == 0 ? null
            : (string.Join(" and ", missing.Select(subnet => $"{subnet.Name} {subnet.Network}")),
                string.Join(",", missing.Select(subnet => $"{subnet.Network}")));
    }

    // As Go's x/net/http/httpproxy reads them: an address, a network, a domain with or without a dot before it, or * for all.
    private static bool Covers(string entry, string address) => entry == "*" || entry == address
        || (Subnet.TryParse(entry, out var network) && IPAddress.TryParse(address, out var parsed) && network.Contains(parsed))
        || (!IPAddress.TryParse(address, out _)
            && address.EndsWith($".{entry.TrimStart('*').TrimStart('.')}", StringComparison.OrdinalIgnoreCase));

    private static bool Covers(string entry, IPNetwork network) => entry == "*"
        || (Subnet.TryParse(entry, out var wider) && wider.Contains(network.BaseAddress)
            && wider.PrefixLength <= network.PrefixLength);
}
