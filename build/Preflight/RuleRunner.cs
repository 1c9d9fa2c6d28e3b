namespace KubeLab.Preflight;

/// <summary>Lets rules judge, and keeps one rule's or one node's trouble from the others.</summary>
/// <param name="options">Which of them are left out.</param>
public sealed class RuleRunner(IReadOnlyList<IRule> rules, PreflightOptions options)
{
    /// <summary>What all rules say.</summary>
    public IReadOnlyList<Finding> Findings(PreflightContext scene) => [.. rules.SelectMany(rule => Findings(rule, scene))];

    private IEnumerable<Finding> Findings(IRule rule, PreflightContext scene)
    {
        // Of a node that was not reached no check knows anything: that is said whichever were asked for.
        if (LeftOut(rule) is { } reason)
            return [rule.Skip(null, reason), .. options.SkipChecks.Contains(rule.Id) ? [] : Unreached(rule, scene)];
        return rule switch
        {
            IClusterRule { Stage: RuleStage.Nodes } when !scene.Answered.Any() => [rule.Skip(null, "no node answered")],
            IClusterRule cluster => Guarded(rule, null, () => cluster.Judge(scene)),
            INodeRule each => scene.Nodes.SelectMany(node => Findings(each, node, scene)),
            _ => throw new InvalidOperationException($"{rule.GetType().Name} is neither an {nameof(INodeRule)} nor an {nameof(IClusterRule)}."),
        };
    }

    private static IEnumerable<Finding> Unreached(IRule rule, PreflightContext scene) =>
        rule is INodeRule { JudgesUnreached: true } reach ? scene.Nodes.Where(node => node.Facts is null).SelectMany(node => Findings(reach, node, scene)) : [];

    private static IReadOnlyList<Finding> Findings(INodeRule rule, ProbedNode node, PreflightContext scene)
    {
        if (node.Facts is null && !rule.JudgesUnreached)
            return [rule.Skip(node.Node, $"{node.Node.Name} gave no answer")];
        return Guarded(rule, node, () => rule.Judge(node, node.Facts ?? new NodeFacts(), scene));
    }

    // A rule that breaks is a defect of the rule: it is said, and costs nothing else.
    private static IReadOnlyList<Finding> Guarded(IRule rule, ProbedNode? node, Func<IEnumerable<Finding>> judge)
    {
        try
        {
            return [.. judge()];
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return
            [
                rule.Warn(node?.Node, $"The check itself broke: {exception.GetType().Name}: {exception.Message}",
                    $"Leave it out with --skip-checks {rule.Id}, and report it.")
                        .Compared(exception.GetType().Name, "a verdict", $"KubeLab's check {rule.Id}"),
            ];
        }
    }

    private string? LeftOut(IRule rule)
    {
        if (options.SkipChecks.Contains(rule.Id))
            return "left out by request";
        return options.Checks.Count > 0 && !options.Checks.Contains(rule.Id) ? "not among the requested checks" : null;
    }
}
