namespace KubeLab.Preflight;

/// <summary>The node's control groups are of a version that the kubelet accepts: from 1.35 on it fails on version 1.</summary>
internal sealed class CgroupRule() : NodeRule("cgroups", "Version of control groups")
{
    // Kubespray's name for the kubelet's failCgroupV1; its tree has it from v2.31 on.
    private const string FailOnVersion1 = "kubelet_fail_cgroup_v1";

    private static readonly Version FirstToFail = new(1, 35);

    public override IReadOnlyList<string> Variables => [FailOnVersion1];

    public override IEnumerable<Finding> Judge(ProbedNode node, NodeFacts facts, PreflightContext scene)
    {
        if (facts.CgroupVersion is not { } version)
            return [Skip("the node's answer was cut off before it")];
        return version == 1 && node.JoinsCluster && RefusedBy(node, scene) is { } source
            ? [Fail(
                $"{node.Name} uses control groups version 1, on which the kubelet of this Kubernetes stops",
                $"Start {node.Name} with version 2 (kernel parameter systemd.unified_cgroup_hierarchy=1), or set {FailOnVersion1}: false.")
                    .Compared("v1", "v2", source)]
            : [Pass($"version {version}") with { Observed = $"v{version}" }];
    }

    private static FindingSource? RefusedBy(ProbedNode node, PreflightContext scene)
    {
        if (scene.Variables.Of(node.Node, FailOnVersion1) is { Unresolved: null } set
            && scene.Variables.HasDefault(FailOnVersion1))
            return set.IsTruthy ? set.Source : null;
        return scene.Kubernetes.Version >= FirstToFail
            ? $"Kubernetes {scene.Kubernetes.Version} ({scene.Kubernetes.Source})"
            : null;
    }
}
