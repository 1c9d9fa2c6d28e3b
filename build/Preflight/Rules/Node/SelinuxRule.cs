namespace KubeLab.Preflight;

/// <summary>SELinux is in a state that the playbook knows how to treat.</summary>
internal sealed class SelinuxRule() : NodeRule("selinux", "SELinux", FindingStatus.Warning)
{
    private const string Wanted = "preinstall_selinux_state";

    public override IReadOnlyList<string> Variables => [Wanted];

    public override IEnumerable<Finding> Judge(ProbedNode node, NodeFacts facts, PreflightContext scene)
    {
        var observed = facts.SelinuxEnforcing switch { true => "enforcing", false => "permissive", null => "off" };
        return [Verdict(node, facts, scene) with { Observed = observed, Required = "not enforcing, or set by the playbook" }];
    }

    private Finding Verdict(ProbedNode node, NodeFacts facts, PreflightContext scene)
    {
        if (facts.SelinuxEnforcing is not true)
            return Pass("SELinux does not enforce");
        return scene.Variables.Of(node.Node, Wanted) is { Unresolved: null } set
            ? Pass($"SELinux enforces; the playbook sets it to {set.Text}") with { Source = set.Source }
            : Warn(
                $"{node.Name}: SELinux enforces, and the distribution says nothing of it",
                "Set it to permissive (setenforce 0, and SELINUX=permissive in /etc/selinux/config), or see that the container runtime is built for it.") with
            { Source = "kubernetes.io, Installing kubeadm" };
    }
}
