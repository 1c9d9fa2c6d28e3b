namespace KubeLab.Preflight;

/// <summary>The kernel speaks IPv6 where the cluster does.</summary>
internal sealed class Ipv6Rule() : NodeRule("ipv6", "IPv6")
{
    public override IReadOnlyList<string> Variables => ClusterSubnets.Variables;

    public override IEnumerable<Finding> Judge(ProbedNode node, NodeFacts facts, PreflightContext scene)
    {
        if (!node.JoinsCluster || !ClusterSubnets.UsesIpv6(scene.Variables))
            return [Skip("the cluster does without it")];
        if (facts.HasIpv6 is not { } speaks)
            return [Unknown(node, facts.Without("its /proc/sys/net/ipv6 can't be read", "grep"))];
        var source = new[] { "ipv6_stack", "enable_dual_stack_networks" }.Select(scene.Variables.OfCluster)
            .FirstOrDefault(set => set is { Unresolved: null, IsTrue: true })?.Source;
        return
        [
            (speaks
                ? Pass("it is on")
                : Fail(
                    $"{node.Name}: IPv6 is off, and the cluster is to use it",
                    $"Turn it on there (sysctl -w net.ipv6.conf.all.disable_ipv6=0, no ipv6.disable=1 among the kernel's parameters), or set ipv6_stack: false in {scene.Variables.FileForAllNodes}."))
                .Compared(speaks ? "on" : "off", "on", source),
        ];
    }
}
