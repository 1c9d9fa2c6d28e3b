namespace KubeLab.Preflight;

/// <summary>The node calls itself as the inventory does, unless the playbook renames it anyway.</summary>
internal sealed class OwnNameRule() : NodeRule("own-name", "The node's own name", FindingStatus.Warning)
{
    public override IReadOnlyList<string> Variables => [UniqueHostNamesRule.Renames];

    public override IEnumerable<Finding> Judge(ProbedNode node, NodeFacts facts, PreflightContext scene)
    {
        if (facts.HostName is not { } name)
            return [Unknown(node, facts.Without("it does not say its name", "grep"))];
        // A node may know itself by its short name and the inventory by its full one, or the other way round.
        var isSame = name.Equals(node.Name, StringComparison.OrdinalIgnoreCase)
            || name.Split('.')[0].Equals(node.Name.Split('.')[0], StringComparison.OrdinalIgnoreCase);
        var verdict = isSame ? Pass(name)
            : scene.Variables.Of(node.Node, UniqueHostNamesRule.Renames) is { Unresolved: null, IsTrue: true }
            ? Pass($"{name}, which the playbook changes to {node.Name}")
            : Warn(
                $"{node.Name} calls itself {name}",
                $"Make sure that it is the machine that you mean, and rename it: hostnamectl set-hostname {node.Name}.");
        return [verdict.Compared(name, node.Name, "the inventory")];
    }
}
