namespace KubeLab.Preflight;

/// <summary>A rule that judges each node by itself.</summary>
public interface INodeRule : IRule
{
    /// <inheritdoc />
    RuleStage IRule.Stage => RuleStage.Nodes;

    /// <summary>
    /// Whether it also judges a node that was not reached. Where it doesn't, the check is skipped there, and the rule
    /// may rely on <see cref="ProbedNode.Facts"/>.
    /// </summary>
    bool JudgesUnreached => false;

    /// <summary>Judges one node.</summary>
    /// <param name="node">The node and what it said.</param>
    /// <param name="facts">What it said; without any fact where it was not reached.</param>
    /// <param name="scene">All that is known.</param>
    IEnumerable<Finding> Judge(ProbedNode node, NodeFacts facts, PreflightScene scene);
}
