namespace KubeLab.Preflight;

/// <summary>The networks of Services and pods share no address with a network that the node is in itself.</summary>
internal sealed class NodeNetworksRule() : NodeRule("node-networks", "The node's networks against the cluster's")
{
    public override IReadOnlyList<string> Variables => [.. ClusterSubnets.Variables, "ip"];

    public override IEnumerable<Finding> Judge(ProbedNode node, NodeFacts facts, PreflightContext scene)
    {
        if (facts.Addresses is not { } addresses)
            return [Unknown(node, facts.Without("it does not tell its addresses", "ip"))];
        var own = NodeAddress.Of(node, facts, scene);
        var subnets = ClusterSubnets.Pairs(scene.Variables).SelectMany(pair => new[] { pair.Services, pair.Pods })
            .Where(subnet => subnet.Network is not null).ToList();
        return addresses
            .SelectMany(address => subnets.Where(subnet => Clash(address, subnet.Network!.Value, facts, own))
                .Select(subnet => Clashes(node, address, subnet, scene)))
            .DefaultIfEmpty(Pass("they share no address"));
    }

    // Once a cluster runs here, interfaces inside its networks are its own: bridges, tunnels, addresses of Services.
    private static bool Clash(InterfaceAddress address, IPNetwork subnet, NodeFacts facts, InterfaceAddress? own)
    {
        if (!Subnet.Overlap(address.Network, subnet))
            return false;
        var isInside = subnet.Contains(address.Network.BaseAddress) && address.PrefixLength >= subnet.PrefixLength;
        return !(isInside && facts.HasJoinedCluster && address.Interface != own?.Interface);
    }

    private Finding Clashes(ProbedNode node, InterfaceAddress address, ClusterSubnet subnet, PreflightContext scene) => Fail(
        $"{node.Name} is in {address.Network} ({address.Interface}), which shares addresses with {subnet.Name} {subnet.Network}",
        $"Choose another network for {subnet.Name} in {scene.Variables.WhereToChange(subnet.Variable!)}.")
            .Compared($"{address.Network}", $"outside {subnet.Network}", subnet.Variable!.Source);
}
