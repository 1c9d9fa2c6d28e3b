namespace KubeLab.Preflight;

/// <summary>Nodes that share what every node should have for itself.</summary>
internal sealed record Duplicates(string Value, IReadOnlyList<string> Names)
{
    private const int MaxNames = 8;

    /// <summary>Their names in a sentence.</summary>
    public string Nodes => Names.Count <= MaxNames
        ? $"{string.Join(", ", Names.Take(Names.Count - 1))} and {Names[^1]}"
        : $"{string.Join(", ", Names.Take(MaxNames))} and {Names.Count - MaxNames} more nodes";

    /// <summary>Groups the nodes that answered by something; nodes without it are left out.</summary>
    public static IReadOnlyList<Duplicates> Among(PreflightContext scene, Func<ProbedNode, NodeFacts, string?> what) =>
        [.. scene.Answered.Select(each => (each.Node.Node.Name, Value: what(each.Node, each.Facts)))
            .Where(pair => pair.Value is not null)
            .GroupBy(pair => pair.Value!, pair => pair.Name, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1)
            .Select(group => new Duplicates(group.Key, [.. group]))];
}

/// <summary>A rule that every node has something for itself.</summary>
internal abstract class TwinsRule(string id, string title) : ClusterRule(id, title, RuleStage.Nodes)
{
    /// <summary>One finding for each group of nodes that share it, or one that none do.</summary>
    protected IEnumerable<Finding> Judge(
        PreflightContext scene,
        Func<ProbedNode, NodeFacts, string?> what,
        FindingSource source,
        Func<Duplicates, Finding> found,
        string none = "every node that answered has one of its own") => Duplicates.Among(scene, what)
        .Select(twins => found(twins).Compared(twins.Value, "one each", source)).DefaultIfEmpty(Pass(none));
}
