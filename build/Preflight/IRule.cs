using KubeLab.Clusters;

namespace KubeLab.Preflight;

/// <summary>
/// One check: a pure function over facts. A rule is one file under <c>Rules/</c> that implements <see cref="INodeRule"/> or
/// <see cref="IClusterRule"/> and has a constructor without parameters; it is found by itself.
/// </summary>
public interface IRule : ICheck
{
    /// <summary>What it judges, and so when it can run.</summary>
    RuleStage Stage { get; }

    int ICheck.Rank => (int)Stage;

    /// <summary>The variables that it reads, so that their templates are resolved before it runs.</summary>
    IReadOnlyList<string> Variables => [];

    /// <summary>The kernel modules that the probe is to look for.</summary>
    IReadOnlyList<string> Modules => [];
}

/// <summary>A rule that judges each node by itself.</summary>
public interface INodeRule : IRule
{
    RuleStage IRule.Stage => RuleStage.Nodes;

    /// <summary>
    /// Whether it also judges a node that was not reached. Where it doesn't, the check is skipped there, and the rule
    /// may rely on <see cref="ProbedNode.Facts"/>.
    /// </summary>
    bool JudgesUnreached => false;

    /// <summary>Judges one node.</summary>
    /// <param name="facts">What it said; without any fact where it was not reached.</param>
    IEnumerable<Finding> Judge(ProbedNode node, NodeFacts facts, PreflightContext scene);
}

/// <summary>A rule that judges the cluster as a whole: its inventory, or what only all nodes together show.</summary>
public interface IClusterRule : IRule
{
    /// <summary>Judges the cluster.</summary>
    IEnumerable<Finding> Judge(PreflightContext scene);
}

/// <summary>What a rule judges.</summary>
public enum RuleStage
{
    /// <summary>The inventory and its variables: no node is touched.</summary>
    Inventory,

    /// <summary>The control machine.</summary>
    ControlMachine,

    /// <summary>The nodes, by what their probes found out.</summary>
    Nodes,
}

/// <summary>Words in which a rule says what it found.</summary>
public static class RuleFindings
{
    /// <summary>It holds on a node, or for the cluster where the node is null.</summary>
    public static Finding Pass(this IRule rule, Node? node, string message) => rule.Says(node, FindingStatus.Passed, message);

    /// <summary>It can't be judged, and why.</summary>
    public static Finding Skip(this IRule rule, Node? node, string reason) => rule.Says(node, FindingStatus.Skipped, reason);

    /// <summary>It deserves a look.</summary>
    public static Finding Warn(this IRule rule, Node? node, string message, string remedy) =>
        rule.Says(node, FindingStatus.Warning, message) with { Remedy = remedy };

    /// <summary>The deployment would fail.</summary>
    public static Finding Fail(this IRule rule, Node? node, string message, string remedy) =>
        rule.Says(node, FindingStatus.Failed, message) with { Remedy = remedy };

    private static Finding Says(this IRule rule, Node? node, FindingStatus status, string message) =>
        new(rule.Id, rule.Title, node?.Name, status, message);
}
