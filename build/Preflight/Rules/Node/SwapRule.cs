namespace KubeLab.Preflight;

/// <summary>No swap is on where the kubelet is told to stop on swap (<c>kubelet_fail_swap_on</c>).</summary>
internal sealed class SwapRule() : NodeRule("swap", "Swap")
{
    private const string FailOnSwap = "kubelet_fail_swap_on";

    // Kubespray's tasks that turn swap off where the kubelet would stop on it.
    private const string SwapOffTasks = "roles/kubernetes/preinstall/tasks/0010-swapoff.yml";

    public override IReadOnlyList<string> Variables => [FailOnSwap];

    public override IEnumerable<Finding> Judge(ProbedNode node, NodeFacts facts, PreflightContext scene)
    {
        if (facts.SwapAreas is not { } areas)
            return [Unknown(node, facts.Without("its /proc/swaps can't be read", "grep"), stops: node.JoinsCluster)];
        return areas.Count > 0
            ? [Judge(node, string.Join(", ", areas), facts.Container, scene) with { Observed = "on" }]
            : [Pass("no swap is on") with { Observed = "off" }];
    }

    private Finding Judge(ProbedNode node, string areas, string? container, PreflightContext scene)
    {
        if (!node.JoinsCluster)
            return Pass("no kubelet runs here");
        if (scene.Variables.Of(node.Node, FailOnSwap) is not { Unresolved: null } set)
            return Skip($"neither the inventory nor the distribution sets {FailOnSwap}");
        if (!set.IsTrue)
            return Pass($"{FailOnSwap} is {set.Text}: the kubelet lives with swap") with { Source = set.Source };
        var verdict = container is not null
            ? Fail(
                $"{node.Name} is a container ({container}) that shows its host's swap ({areas}), on which the kubelet stops, and which isn't the node's to turn off",
                $"Set {FailOnSwap}: false in {scene.Variables.FileForAllNodes}, or turn it off on the host.")
            : File.Exists(scene.Distribution.File(SwapOffTasks))
            ? Warn(
                $"{node.Name} has swap on ({areas}); the playbook will turn it off for good",
                $"If that is wanted, there is nothing to do. Else set {FailOnSwap}: false in {scene.Variables.FileForAllNodes}.")
            : Fail(
                $"{node.Name} has swap on ({areas}), and the kubelet stops on it",
                $"Turn it off (swapoff -a, and its line out of /etc/fstab), or set {FailOnSwap}: false in {scene.Variables.FileForAllNodes}.");
        return verdict with { Required = "off", Source = set.Source };
    }
}
