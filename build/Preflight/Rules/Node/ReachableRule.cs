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
            : [Warn(
                $"{node.Name} answered, but its answer was cut off{(node.Failure is null ? "" : $": {node.Failure.Message}")}. Some checks were skipped.",
                "Run the check again. If it stays so, log in by hand and see whether commands there hang.")
                    .Compared("a part of the answer", "all of it", "KubeLab's probe")];
    }
}
