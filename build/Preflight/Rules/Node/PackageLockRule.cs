namespace KubeLab.Preflight;

/// <summary>Nobody holds the lock of the node's package manager, which the playbook needs.</summary>
internal sealed class PackageLockRule() : NodeRule("package-lock", "Lock of the package manager", FindingStatus.Warning)
{
    public override IEnumerable<Finding> Judge(ProbedNode node, NodeFacts facts, PreflightContext scene) =>
        facts.HeldPackageLocks is [var first, ..] held
        ? [Warn(
            $"{node.Name}: a package manager is at work ({string.Join(", ", held)})",
            $"Wait until it is done: fuser -v {first} on {node.Name} shows who.")
                .Compared("held", "free", "the playbook installs packages")]
        : [Pass("nobody holds it")];
}
