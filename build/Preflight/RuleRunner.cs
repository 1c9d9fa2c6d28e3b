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
            return [rule.Skip(reason), .. options.SkipChecks.Contains(rule.Id) ? [] : Unreached(rule, scene)];
        return rule switch
        {
            ClusterRule { Stage: RuleStage.Nodes } when !scene.Answered.Any() => [rule.Skip("no node answered")],
            ClusterRule cluster => Guarded(rule, () => cluster.Judge(scene)),
            _ => scene.Nodes.SelectMany(node => Findings((NodeRule)rule, node, scene)),
        };
    }

    private static IEnumerable<Finding> Unreached(Rule rule, PreflightContext scene) =>
        rule is NodeRule { JudgesUnreached: true } reach
            ? scene.Nodes.Where(node => node.Facts is null).SelectMany(node => Findings(reach, node, scene))
            : [];

    private static IEnumerable<Finding> Findings(NodeRule rule, ProbedNode node, PreflightContext scene)
    {
        var findings = node.Facts is null && !rule.JudgesUnreached
            ? [rule.Skip($"{node.Name} gave no answer")]
            : Guarded(rule, () => rule.Judge(node, node.Facts ?? new NodeFacts(), scene));
        return findings.Select(finding => finding with { Node = node.Name });
    }

    // A rule that breaks is a defect of the rule: it is said, and costs nothing else.
    private static IReadOnlyList<Finding> Guarded(Rule rule, Func<IEnumerable<Finding>> judge)
    {
        try
        {
            return [.. judge()];
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            var name = exception.GetType().Name;
            return [
                rule.Warn($"The check itself broke: {name}: {exception.Message}",
                    $"Leave it out with --skip-checks {rule.Id}, and report it.")
                    .Compared(name, "a verdict", $"KubeLab's check {rule.Id}"),
            ];
        }
    }

    private string? LeftOut(Rule rule) => options.SkipChecks.Contains(rule.Id) ? "left out by request"
        : options.Checks.Count > 0 && !options.Checks.Contains(rule.Id) ? "not among the requested checks" : null;
}
