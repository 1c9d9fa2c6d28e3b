namespace KubeLab.Preflight;

/// <summary>No two nodes of the same network have the same hardware address: packets would go now to one, now to the other.</summary>
internal sealed class MacAddressesRule() : ClusterRule("mac-addresses", "Hardware addresses", RuleStage.Nodes)
{
    public override IReadOnlyList<string> Variables => ["ip"];

    public override IEnumerable<Finding> Judge(PreflightContext scene) => Duplicates.Among(scene, (node, facts) => Mac(node, facts, scene)).Judge(
        twins => Fail(
            null,
            $"{twins.Nodes} have the same hardware address in the same network",
            "Give each machine a hardware address of its own, and restart them.") with
        {
            Source = "kubernetes.io, Installing kubeadm: unique MAC address for every node",
        },
        () => Pass(null, "every node that answered has one of its own"));

    // Only the interface that the node joins the cluster with: bridges, tunnels and pods' interfaces repeat theirs by design.
    private static string? Mac(ProbedNode node, NodeFacts facts, PreflightContext scene)
    {
        if (NodeAddress.Of(node, facts, scene) is not { } address)
            return null;
        var mac = facts.Interfaces.FirstOrDefault(each => each.Name == address.Interface)?.MacAddress;
        return mac is null || mac.AsSpan().Trim("0:").IsEmpty ? null : $"{mac} in {address.Network}";
    }
}
