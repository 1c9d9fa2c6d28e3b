using KubeLab.Clusters;

namespace KubeLab.Preflight;

/// <summary>Words in which a rule says what it found.</summary>
public static class RuleFindings
{
    /// <summary>It holds on a node, or for the cluster where the node is null.</summary>
    public static Finding Pass(this IRule rule, Node? node, string message) => rule.Says(node, FindingStatus.Pass, message);

    /// <summary>It can't be judged, and why.</summary>
    public static Finding Skip(this IRule rule, Node? node, string reason) => rule.Says(node, FindingStatus.Skipped, reason);

    /// <summary>It deserves a look.</summary>
    public static Finding Warn(this IRule rule, Node? node, string message, string remedy) =>
        rule.Says(node, FindingStatus.Warn, message) with { Remedy = remedy };

    /// <summary>The deployment would fail.</summary>
    public static Finding Fail(this IRule rule, Node? node, string message, string remedy) =>
        rule.Says(node, FindingStatus.Fail, message) with { Remedy = remedy };

    private static Finding Says(this IRule rule, Node? node, FindingStatus status, string message) =>
        new(rule.Id, rule.Title, node?.Name, status, message);
}
