namespace KubeLab.Preflight;

/// <summary>No two nodes of a network have the same hardware address: packets would go now to one, now to the other.</summary>
internal sealed class MacAddressesRule() : TwinsRule("mac-addresses", "Hardware addresses")
{
    public override IReadOnlyList<string> Variables => ["ip"];

    public override IEnumerable<Finding> Judge(PreflightContext scene) => Judge(
        scene,
        (node, facts) => Mac(node, facts, scene),
        "kubernetes.io, Installing kubeadm: unique MAC address for every node",
        twins => Fail(
            $"{twins.Nodes} have the same hardware address in the same network",
            "Give each machine a hardware address of its own, and restart them."));

    // Only the interface that the node joins the cluster with: bridges, tunnels and pods' interfaces repeat theirs by design.
    private static string? Mac(ProbedNode node, NodeFacts facts, PreflightContext scene) =>
        NodeAddress.Of(node, facts, scene) is { } address
        && facts.Interfaces.FirstOrDefault(each => each.Name == address.Interface)?.MacAddress is { } mac
        && !mac.AsSpan().Trim("0:").IsEmpty
            ? $"{mac} in {address.Network}" : null;
}
