namespace KubeLab.Preflight;

/// <summary>The node calls itself as the inventory does, unless the playbook renames it anyway.</summary>
internal sealed class OwnNameRule() : NodeRule("own-name", "The node's own name")
{
    public override IReadOnlyList<string> Variables => [UniqueHostNamesRule.Renames];

    public override IEnumerable<Finding> Judge(ProbedNode node, NodeFacts facts, PreflightContext scene)
    {
        if (facts.HostName is { } name)
            yield return Verdict(node, name, scene).Compared(name, node.Node.Name, "the inventory");
        else
            yield return Skip(node.Node, "the node does not say its name");
    }

    private Finding Verdict(ProbedNode node, string name, PreflightContext scene)
    {
        // A node may know itself by its short name and the inventory by its full one, or the other way round.
        if (name.Equals(node.Node.Name, StringComparison.OrdinalIgnoreCase) || name.Split('.')[0].Equals(node.Node.Name.Split('.')[0], StringComparison.OrdinalIgnoreCase))
            return Pass(node.Node, name);
        return scene.Variables.Of(node.Node, UniqueHostNamesRule.Renames) is { Unresolved: null, IsTrue: true } set
            ? Pass(node.Node, $"{name}, which the playbook changes to {node.Node.Name}")
            : Warn(
                node.Node,
                $"{node.Node.Name} calls itself {name}",
                $"Make sure that it is the machine that you mean, and rename it: hostnamectl set-hostname {node.Node.Name}.");
    }
}
