namespace KubeLab.Preflight;

/// <summary>The node is reached with the options that Ansible will use, and answers.</summary>
internal sealed class ReachableRule() : NodeRule("reachable", "Reached over SSH")
{
    public override bool JudgesUnreached => true;

    public override IEnumerable<Finding> Judge(ProbedNode node, NodeFacts facts, PreflightContext scene)
    {
        if (facts.Complete)
            return [Pass($"{node.Name} answered") with { Observed = ConsoleLog.Elapsed(node.Duration) }];
        return node.Facts is null
            ? [Fail(
                $"{node.Name} ({node.Address}) was not reached: {node.Failure?.Message ?? "it gave no answer"}",
                node.Failure?.Remedy ?? $"Log in by hand: ssh {node.Address}")
                    .Compared(node.Failure?.Reason.ToString() ?? "no answer", "an answer over SSH", "ssh")]
            : [Fail(
                $"{node.Name} answered, but not in full{(node.Failure is null ? "" : $": {node.Failure.Message}")}: {Missing(node.Facts)}",
                "Run the check again. If it stays so, log in by hand and see whether commands there hang.")
                    .Compared("a part of the answer", "all of it", "KubeLab's probe")];
    }

    private static string Missing(NodeFacts facts) => facts.Broken.Count == 0 ? "the mark of its end is missing"
        : string.Join("; ", facts.Broken.GroupBy(part => part.Value, part => part.Key)
            .Select(parts => $"of {string.Join(", ", parts)} {parts.Key}"));
}
