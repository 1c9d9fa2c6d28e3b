using KubeLab.Variables;

namespace KubeLab.Preflight;

/// <summary>
/// The address that stands for the API server resolves; a virtual one is nobody's before the cluster has it, and lies in a
/// network of the control plane.
/// </summary>
internal sealed class ApiAddressRule() : ClusterRule("api-address", "The API's load balancer or virtual address", RuleStage.Nodes)
{
    public override IReadOnlyList<string> Variables => ApiAddress.Variables;

    public override IEnumerable<Finding> Judge(PreflightContext scene)
    {
        if (ApiAddress.Of(scene.Variables) is not { } api)
            return [Skip("the API server has neither a load balancer nor a virtual address")];
        if (api.Variable.Unresolved is { } reason)
            return [Unknown($"{api.Variable.Name} is {api.Variable.Text}: {reason}",
                $"Correct {api.Variable.Name} in {api.Variable.Source}.")];
        var nodes = scene.Answered.Where(each => each.Node.JoinsCluster).ToList();
        return ApiAddress.Names(scene.Variables, scene.Distribution).SelectMany(name => Unresolved(name, api, nodes))
            .Concat(IPAddress.TryParse(api.Address, out var address) ? Held(address, api, nodes, scene) : [])
            .DefaultIfEmpty(Pass($"{api.Address} can be used"));
    }

    private IEnumerable<Finding> Unresolved(string name, ApiAddress api, List<(ProbedNode Node, NodeFacts Facts)> nodes)
    {
        foreach (var (node, facts) in nodes)
        {
            if (!facts.Resolved.TryGetValue(name, out var addresses))
                yield return Unknown(facts.Without($"{name} was not looked up", "getent"),
                    $"See on {node.Name} what getent hosts {name} says.", node.Node);
            else if (addresses.Count == 0)
                yield return Fail($"{node.Name} finds no address of {name}, by which it is to reach the API server",
                    $"Enter {name} in the DNS, or in /etc/hosts of every node.", node.Node)
                    .Compared("no address", $"an address of {name}", api.Variable.Source);
        }
    }

    private static bool Opens(ConnectivityResult result, ApiAddress api) =>
        result.Outcomes.GetValueOrDefault(new ConnectivityTarget(api.Address, api.Port)) == ConnectivityResult.Open;

    private IEnumerable<Finding> Held(IPAddress address, ApiAddress api, List<(ProbedNode Node, NodeFacts Facts)> nodes,
        PreflightContext scene)
    {
        var holders = nodes.Where(each => each.Facts.Addresses?.Any(own => own.Address.Equals(address)) is true)
            .Select(each => each.Node).ToList();
        var cluster = nodes.Where(each => each.Node.IsControlPlane && each.Facts.HasJoinedCluster).ToList();
        var isVirtual = api.IsVirtual;
        var required = isVirtual ? cluster.Count > 0 ? "on a control plane node" : "on no node" : "on no worker";
        foreach (var holder in holders.Where(holder => !holder.IsControlPlane || (isVirtual && cluster.Count == 0)))
        {
            yield return Fail(
                $"{holder.Name} holds {address}, the API's {(isVirtual ? "virtual " : "")}address, and {(holder.IsControlPlane ? "no cluster is there yet" : "it is no control plane node")}",
                $"Set {api.Variable.Name} in {api.Variable.Source} to an address that is nobody's, or take it from {holder.Name}.", holder.Node)
                .Compared($"on {holder.Name}", required, api.Variable.Source);
        }

        if (!isVirtual)
            yield break;
        if (cluster.Count > 0 && holders.Count == 0
            && nodes.Count(each => each.Node.IsControlPlane) == scene.Nodes.Count(each => each.IsControlPlane))
        {
            yield return Fail(
                $"no control plane node holds {address}, the API's virtual address, though the cluster is there",
                $"See on {cluster[0].Node.Name} whether kube-vip runs: crictl ps --name kube-vip, and its log.")
                .Compared("on no node", required, api.Variable.Source);
        }

        // A stranger that answers there: whoever was asked to try it says so.
        if (cluster.Count == 0 && holders.Count == 0 && scene.Reach is { } reach
            && reach.FirstOrDefault(each => Opens(each.Value, api)).Key is { } first)
        {
            yield return Fail(
                $"somebody answers already at {address}, port {api.Port}, as {first} found, and no cluster is there yet",
                $"Set {api.Variable.Name} in {api.Variable.Source} to an address that is nobody's.")
                .Compared("taken", "free", api.Variable.Source);
        }

        foreach (var (node, facts) in nodes
            .Where(each => each.Node.IsControlPlane && each.Facts.Addresses?.Any(own => own.Network.Contains(address)) is false))
        {
            yield return Warn(
                $"{node.Name} is in no network with {address}, the API's virtual address: it can't take it by ARP",
                $"Choose an address in a network of the control plane in {api.Variable.Source}, or announce it by BGP (kube_vip_bgp_enabled).", node.Node)
                .Compared(string.Join(", ", facts.Addresses!.Where(own => !IPAddress.IsLoopback(own.Address))
                    .Select(own => own.Network).Take(3)), $"a network with {address}", api.Variable.Source);
        }
    }
}
