namespace KubeLab.Preflight;

/// <summary>Nobody holds the lock of the node's package manager, which the playbook needs.</summary>
internal sealed class PackageLockRule() : NodeRule("package-lock", "Lock of the package manager")
{
    public override IEnumerable<Finding> Judge(ProbedNode node, NodeFacts facts, PreflightContext scene)
    {
        if (facts.HeldPackageLocks.Count == 0)
            yield return Pass(node.Node, "nobody holds it");
        else
            yield return Held(node, facts.HeldPackageLocks);
    }

    private Finding Held(ProbedNode node, IReadOnlyList<string> locks) => Warn(
        node.Node,
        $"{node.Node.Name}: a package manager is at work ({string.Join(", ", locks)})",
        $"Wait until it is done: fuser -v {locks[0]} on {node.Node.Name} shows who.")
            .Compared("held", "free", "the playbook installs packages");
}
