namespace KubeLab.Preflight;

/// <summary>The distribution has a Kubernetes for the node's machine.</summary>
internal sealed class ArchitectureRule() : NodeRule("architecture", "Architecture")
{
    // uname -m against Go's names, as in Kubespray's _host_architecture_groups; what is not here goes by the same name.
    private static readonly Dictionary<string, string> GoNames = new()
    {
        ["x86_64"] = "amd64",
        ["aarch64"] = "arm64",
        ["armv7l"] = "arm",
    };

    public override IEnumerable<Finding> Judge(ProbedNode node, NodeFacts facts, PreflightContext scene)
    {
        if (facts.Machine is not { } machine)
            return [Unknown(node, facts.Without("it does not say what machine it is", "uname", "grep"))];
        var known = string.Join(", ", scene.Kubernetes.Architectures);
        if (known.Length == 0)
            return [Skip("the distribution does not list the machines that it has programs for") with { Observed = machine }];
        return scene.Kubernetes.Architectures.Contains(GoNames.GetValueOrDefault(machine, machine))
            ? [Pass(machine) with { Observed = machine }]
            : [Fail(
                $"{node.Name} is a machine of type {machine}, for which the distribution has no Kubernetes",
                $"Use machines of type {known}.")
                    .Compared(machine, known, scene.Kubernetes.Source?.Path ?? "the checksums in the distribution's tree")];
    }
}
