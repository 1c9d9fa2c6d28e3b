namespace KubeLab.Preflight;

/// <summary>Swap for pods (<c>LimitedSwap</c>) is asked for only where control groups of version 2 can limit it.</summary>
internal sealed class SwapBehaviorRule() : NodeRule("swap-behavior", "Swap for pods")
{
    private const string FailOnSwap = "kubelet_fail_swap_on";
    private const string Behavior = "kubelet_swap_behavior";
    private const string Limited = "LimitedSwap";

    // kubernetes/kubernetes pull request 123738: from 1.30 on the kubelet stops; before, it only doesn't limit.
    private static readonly Version FirstToStop = new(1, 30);

    public override IReadOnlyList<string> Variables => [FailOnSwap, Behavior];

    public override IEnumerable<Finding> Judge(ProbedNode node, NodeFacts facts, PreflightContext scene)
    {
        // The kubelet is told of it only where it lives with swap (Kubespray, kubelet-config.v1beta1.yaml.j2).
        if (!node.JoinsCluster || scene.Variables.Of(node.Node, FailOnSwap) is not { Unresolved: null, IsTrue: false })
            return [Skip("pods get no swap")];
        if (scene.Variables.Of(node.Node, Behavior) is not { } set || set is { Unresolved: null, Text: not Limited })
            return [Skip($"{Behavior} is not {Limited}")];
        if (set.Unresolved is { } reason)
            return [Unknown(node, $"{Behavior} is {set.Text}: {reason}")];
        if (facts.CgroupVersion is not { } version)
            return [Unknown(node, "its version of control groups isn't known")];
        if (version != 1)
            return [Pass($"version {version}") with { Observed = $"v{version}" }];
        var problem = $"{node.Name} uses control groups version 1, and {Behavior} is {Limited}, which they can't do";
        var remedy = $"Start {node.Name} with version 2 (kernel parameter systemd.unified_cgroup_hierarchy=1), or set {Behavior}: NoSwap in {scene.Variables.WhereToChange(set)}.";
        return
        [
            (scene.Kubernetes.Version is null || scene.Kubernetes.Version >= FirstToStop
                ? Fail($"{problem}: the kubelet stops", remedy)
                : Warn($"{problem}: pods' swap is not limited", remedy))
                .Compared("v1", "v2", set.Source),
        ];
    }
}
