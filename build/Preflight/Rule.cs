namespace KubeLab.Preflight;

/// <summary>One check: a pure function over facts. A rule is one file under <c>Rules/</c>, a <see cref="NodeRule"/> or a
/// <see cref="ClusterRule"/>; it is found by itself.</summary>
public abstract class Rule(string id, string title, RuleStage stage) : ICheck
{
    public string Id => id;
    public string Title => title;
    public int Rank => (int)stage;

    /// <summary>What it judges, and so when it can run.</summary>
    public RuleStage Stage => stage;

    /// <summary>The variables that it reads, so that their templates are resolved before it runs.</summary>
    public virtual IReadOnlyList<string> Variables => [];

    /// <summary>The kernel modules that the probe is to look for.</summary>
    public virtual IReadOnlyList<string> Modules => [];

    /// <summary>It holds.</summary>
    public Finding Pass(string message) => new(id, title, null, FindingStatus.Passed, message);

    /// <summary>It can't be judged, and why.</summary>
    /// <param name="node">The node that a rule of the cluster says it of; null for the cluster.</param>
    public Finding Skip(string reason, Node? node = null) => new(id, title, node?.Name, FindingStatus.Skipped, reason);

    /// <summary>It deserves a look.</summary>
    /// <inheritdoc cref="Skip" path="/param[@name='node']" />
    public Finding Warn(string message, string remedy, Node? node = null) =>
        new(id, title, node?.Name, FindingStatus.Warning, message) { Remedy = remedy };

    /// <summary>The deployment would fail.</summary>
    /// <inheritdoc cref="Skip" path="/param[@name='node']" />
    public Finding Fail(string message, string remedy, Node? node = null) =>
        new(id, title, node?.Name, FindingStatus.Failed, message) { Remedy = remedy };
}

/// <summary>A rule that judges each node by itself.</summary>
internal abstract class NodeRule(string id, string title) : Rule(id, title, RuleStage.Nodes)
{
    /// <summary>Whether it also judges a node that was not reached. Where it doesn't, the check is skipped there, and the rule
    /// may rely on <see cref="ProbedNode.Facts"/>.</summary>
    public virtual bool JudgesUnreached => false;

    /// <summary>Judges one node, which all of its findings are of.</summary>
    /// <param name="facts">What it said; without any fact where it was not reached.</param>
    public abstract IEnumerable<Finding> Judge(ProbedNode node, NodeFacts facts, PreflightContext scene);
}

/// <summary>A rule that judges the cluster as a whole: its inventory, or what only all nodes together show.</summary>
internal abstract class ClusterRule(string id, string title, RuleStage stage) : Rule(id, title, stage)
{
    public abstract IEnumerable<Finding> Judge(PreflightContext scene);
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
