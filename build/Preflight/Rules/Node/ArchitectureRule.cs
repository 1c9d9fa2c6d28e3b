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
        var architectures = scene.Kubernetes.Architectures;
        if (facts.Machine is not { } machine)
            yield return Skip(node.Node, "the node does not say what machine it is");
        else if (architectures.Count == 0)
            yield return Skip(node.Node, "the distribution does not list the machines that it has programs for") with { Observed = machine };
        else if (architectures.Contains(GoNames.GetValueOrDefault(machine, machine)))
            yield return Pass(node.Node, machine) with { Observed = machine };
        else
            yield return Unsupported(node, machine, architectures, scene);
    }

    private Finding Unsupported(ProbedNode node, string machine, IReadOnlyList<string> architectures, PreflightContext scene) => Fail(
        node.Node,
        $"{node.Node.Name} is a machine of type {machine}, for which the distribution has no Kubernetes",
        $"Use machines of type {string.Join(", ", architectures)}.")
            .Compared(
                machine,
                string.Join(", ", architectures),
                scene.Kubernetes.Source?.Path ?? "the checksums in the distribution's tree");
}
