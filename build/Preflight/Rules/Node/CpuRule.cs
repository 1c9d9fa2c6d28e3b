namespace KubeLab.Preflight;

/// <summary>A control plane node has the two processors that kubeadm asks for.</summary>
internal sealed class CpuRule() : NodeRule("cpus", "Processors")
{
    public override IReadOnlyList<string> Variables => [KubeadmPreflight.Variable];

    public override IEnumerable<Finding> Judge(ProbedNode node, NodeFacts facts, PreflightContext scene)
    {
        if (facts.Cpus is { } cpus)
            yield return Verdict(node, facts, cpus, scene) with { Observed = Measure.Of(cpus) };
        else
            yield return Skip(node.Node, "the node does not say which processors it has");
    }

    private Finding Verdict(ProbedNode node, NodeFacts facts, int cpus, PreflightContext scene)
    {
        if (cpus >= KubeadmPreflight.Cpus || !node.Node.IsControlPlane)
            return Pass(node.Node, cpus == 1 ? "1 processor" : $"{cpus} processors");
        var problem = $"{node.Node.Name} has {cpus} processor, and a control plane should have {KubeadmPreflight.Cpus}";
        var remedy = $"Give {node.Node.Name} {KubeadmPreflight.Cpus} processors";
        return KubeadmPreflight.Applies(node, facts, scene, "NumCPU", out var source)
            ? Fail(node.Node, problem, $"{remedy}, or add NumCPU to {KubeadmPreflight.Variable} in {scene.Variables.FileForAllNodes}.") with { Required = Measure.Of(KubeadmPreflight.Cpus), Source = source }
            : Warn(node.Node, problem, $"{remedy}; kubeadm's own check is off here, but the control plane will be slow.") with { Required = Measure.Of(KubeadmPreflight.Cpus), Source = "kubeadm's check NumCPU" };
    }
}
