namespace KubeLab.Preflight;

/// <summary>A control plane node has the two processors that kubeadm asks for.</summary>
internal sealed class CpuRule() : NodeRule("cpus", "Processors")
{
    public override IReadOnlyList<string> Variables => [KubeadmPreflight.Variable];

    public override IEnumerable<Finding> Judge(ProbedNode node, NodeFacts facts, PreflightContext scene)
    {
        if (facts.Cpus is not { } cpus)
            return [Unknown(node, facts.Without("it does not say which processors it has", "grep"), stops: node.IsControlPlane)];
        var observed = Measure.Of(cpus);
        if (cpus >= KubeadmPreflight.Cpus || !node.IsControlPlane)
            return [Pass(cpus == 1 ? "1 processor" : $"{cpus} processors") with { Observed = observed }];
        var problem = $"{node.Name} has {cpus} processor, and a control plane should have {KubeadmPreflight.Cpus}";
        var remedy = $"Give {node.Name} {KubeadmPreflight.Cpus} processors";
        var source = KubeadmPreflight.OfControlPlane(node, facts, scene, "NumCPU");
        var verdict = source is not null
            ? Fail(problem, $"{remedy}, or add NumCPU to {KubeadmPreflight.Variable} in {scene.Variables.FileForAllNodes}.")
            : Warn(problem, $"{remedy}; kubeadm's own check is off here, but the control plane will be slow.");
        return [verdict.Compared(observed, Measure.Of(KubeadmPreflight.Cpus), source ?? "kubeadm's check NumCPU")];
    }
}
