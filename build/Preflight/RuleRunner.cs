namespace KubeLab.Preflight;

/// <summary>Lets rules judge, and keeps one rule's or one node's trouble from the others.</summary>
public sealed class RuleRunner(IReadOnlyList<Rule> rules, PreflightOptions options)
{
    /// <summary>What all rules say.</summary>
    public IReadOnlyList<Finding> Findings(PreflightContext scene) => [.. rules.SelectMany(rule => Findings(rule, scene))];

    private IEnumerable<Finding> Findings(Rule rule, PreflightContext scene)
    {
        // Of a node that was not reached no check knows anything: that is said whichever were asked for.
        if (LeftOut(rule) is { } reason)
            return [rule.Skip(null, reason), .. options.SkipChecks.Contains(rule.Id) ? [] : Unreached(rule, scene)];
        return rule switch
        {
            ClusterRule { Stage: RuleStage.Nodes } when !scene.Answered.Any() => [rule.Skip(null, "no node answered")],
            ClusterRule cluster => Guarded(rule, null, () => cluster.Judge(scene)),
            _ => scene.Nodes.SelectMany(node => Findings((NodeRule)rule, node, scene)),
        };
    }

    private static IEnumerable<Finding> Unreached(Rule rule, PreflightContext scene) =>
        rule is NodeRule { JudgesUnreached: true } reach
            ? scene.Nodes.Where(node => node.Facts is null).SelectMany(node => Findings(reach, node, scene))
            : [];

    private static IReadOnlyList<Finding> Findings(NodeRule rule, ProbedNode node, PreflightContext scene)
    {
        if (node.Facts is null && !rule.JudgesUnreached)
            return [rule.Skip(node.Node, $"{node.Node.Name} gave no answer")];
        return Guarded(rule, node, () => rule.Judge(node, node.Facts ?? new NodeFacts(), scene));
    }

    // A rule that breaks is a defect of the rule: it is said, and costs nothing else.
    private static IReadOnlyList<Finding> Guarded(Rule rule, ProbedNode? node, Func<IEnumerable<Finding>> judge)
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

    private string? LeftOut(Rule rule)
    {
        if (options.SkipChecks.Contains(rule.Id))
            return "left out by request";
        return options.Checks.Count > 0 && !options.Checks.Contains(rule.Id) ? "not among the requested checks" : null;
    }
}
