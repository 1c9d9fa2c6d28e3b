namespace KubeLab.Preflight;

/// <summary>Lets rules judge, and keeps one rule's or one node's trouble from the others.</summary>
public sealed class RuleRunner(IReadOnlyList<Rule> rules, PreflightOptions options)
{
    /// <summary>What all rules say.</summary>
    public IReadOnlyList<Finding> Findings(PreflightContext scene) => [.. rules.SelectMany(rule => Findings(rule, scene))];

    private IEnumerable<Finding> Findings(Rule rule, PreflightContext scene)
    {
        // Of a node that was not reached no check knows anything: that is said whichever were asked for.
        if (LeftOut(rule, options) is { } reason)
            return [rule.Skip(reason), .. options.SkipChecks.Contains(rule.Id) ? [] : Unreached(rule, scene)];
        return rule switch
        {
            ClusterRule { Stage: RuleStage.Nodes } when !scene.Answered.Any() => [rule.Skip("no node answered")],
            ClusterRule cluster => OfCluster(cluster, scene),
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
            : Guarded(rule, () => OfNode(rule, node, scene));
        return findings.Select(finding => finding with { Node = node.Name });
    }

    // A node whose answer lacks what the rule needs is unknown to it, and the others are judged without that node.
    private static IEnumerable<Finding> OfCluster(ClusterRule rule, PreflightContext scene)
    {
        var unknown = new List<Finding>();
        while (true)
        {
            try
            {
                var findings = Guarded(rule, () => rule.Judge(scene));
                return unknown.Count == 0 ? findings
                    : [.. findings.Where(finding => finding.Status != FindingStatus.Passed), .. unknown];
            }
            catch (UnknownFactException exception)
            {
                var node = scene.Nodes.First(node => ReferenceEquals(node.Facts, exception.Facts));
                unknown.Add(Unknown(rule, node, exception));
                scene = scene with { Nodes = [.. scene.Nodes.Where(other => !ReferenceEquals(other, node))] };
            }
        }
    }

    // What it found before it missed something stands.
    private static List<Finding> OfNode(NodeRule rule, ProbedNode node, PreflightContext scene)
    {
        var findings = new List<Finding>();
        try
        {
            foreach (var finding in rule.Judge(node, node.Facts ?? new NodeFacts(), scene))
                findings.Add(finding);
        }
        catch (UnknownFactException exception)
        {
            findings.Add(Unknown(rule, node, exception));
        }

        return findings;
    }

    private static Finding Unknown(Rule rule, ProbedNode node, UnknownFactException exception) => rule.Unknown(
        exception.Message,
        $"Run the check again. If it stays so, log in to {node.Name} by hand and see whether commands there hang.", node.Node);

    // A rule that breaks is a defect of the rule: what it would have judged is unknown, and that costs nothing else.
    private static IReadOnlyList<Finding> Guarded(Rule rule, Func<IEnumerable<Finding>> judge)
    {
        try
        {
            return [.. judge()];
        }
        catch (Exception exception) when (exception is not (OutOfMemoryException or UnknownFactException))
        {
            return
            [
                rule.Unknown($"The check itself broke: {exception.GetType().Name}: {exception.Message}",
                    $"Leave it out with --skip-checks {rule.Id}, and report it."),
            ];
        }
    }

    /// <summary>Why a rule is left out; null where it isn't.</summary>
    internal static string? LeftOut(Rule rule, PreflightOptions options) =>
        options.SkipChecks.Contains(rule.Id) ? "left out by request"
        : options.Checks.Count > 0 && !options.Checks.Contains(rule.Id) ? "not among the requested checks" : null;
}
