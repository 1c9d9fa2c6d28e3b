namespace KubeLab.Preflight;

/// <summary>All nodes send packets of the same size: where they don't, large ones vanish between some of them.</summary>
internal sealed class MtuRule() : ClusterRule("mtu", "MTU across nodes", RuleStage.Nodes)
{
    public override IReadOnlyList<string> Variables => ["ip"];

    public override IEnumerable<Finding> Judge(PreflightContext scene)
    {
        var sizes = scene.Answered.Select(each => (each.Node.Node.Name, Mtu: Mtu(each.Node, each.Facts, scene))).Where(
            pair => pair.Mtu is not null)
            .GroupBy(pair => pair.Mtu!.Value, pair => pair.Name).OrderByDescending(group => group.Count()).ToList();
        yield return sizes.Count switch
        {
            0 => Skip("no node shows the interface that it joins with"),
            1 => Pass($"{sizes[0].Key} bytes on every node") with { Observed = Measure.Of(sizes[0].Key, "bytes") },
            _ => Different(sizes),
        };
    }

    private Finding Different(List<IGrouping<int, string>> sizes)
    {
        var shown = string.Join("; ", sizes.Select(group =>
            $"{group.Key} on {string.Join(", ", group.Take(5))}{(group.Count() > 5 ? $" and {group.Count() - 5} more" : "")}"));
        return Warn(
            $"The nodes' interfaces have different MTUs: {shown}",
            "Set the same MTU on all of them, or set the pod network's to fit the smallest.")
            .Compared(
                string.Join(", ", sizes.Select(group => group.Key)),
                "the same everywhere",
                "a pod network's packets are as large as its nodes' allow (Kubespray's docs, calico_mtu)");
    }

    private static int? Mtu(ProbedNode node, NodeFacts facts, PreflightContext scene) =>
        NodeAddress.Of(node, facts, scene) is { } address
            ? facts.Interfaces.FirstOrDefault(each => each.Name == address.Interface)?.Mtu
            : null;
}
