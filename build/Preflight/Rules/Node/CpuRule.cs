namespace KubeLab.Preflight;

/// <summary>A control plane node has the two processors that kubeadm asks for.</summary>
public sealed class CpuRule : INodeRule
{
    public string Id => "cpus";

    public string Title => "Processors";

    public IReadOnlyList<string> Variables => [KubeadmPreflight.Variable];

    public IEnumerable<Finding> Judge(ProbedNode node, NodeFacts facts, PreflightContext scene)
    {
        if (facts.Cpus is { } cpus)
            yield return Verdict(node, facts, cpus, scene) with { Observed = Measure.Of(cpus) };
        else
            yield return this.Skip(node.Node, "the node does not say which processors it has");
    }

    private Finding Verdict(ProbedNode node, NodeFacts facts, int cpus, PreflightContext scene)
    {
        if (cpus >= KubeadmPreflight.Cpus || !node.Node.IsControlPlane)
            return this.Pass(node.Node, cpus == 1 ? "1 processor" : $"{cpus} processors");
        var problem = $"{node.Node.Name} has {cpus} processor, and a control plane should have {KubeadmPreflight.Cpus}";
        var remedy = $"Give {node.Node.Name} {KubeadmPreflight.Cpus} processors";
        return KubeadmPreflight.Applies(node, facts, scene, "NumCPU", out var source)
            ? this.Fail(node.Node, problem, $"{remedy}, or add NumCPU to {KubeadmPreflight.Variable} in {scene.Variables.FileForAllNodes}.") with { Required = Measure.Of(KubeadmPreflight.Cpus), Source = source }
            : this.Warn(node.Node, problem, $"{remedy}; kubeadm's own check is off here, but the control plane will be slow.") with { Required = Measure.Of(KubeadmPreflight.Cpus), Source = "kubeadm's check NumCPU" };
    }
}
