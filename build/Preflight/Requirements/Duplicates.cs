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
        [.. scene.Answered.Select(each => (each.Node.Node.Name, Value: what(each.Node, each.Facts))).Where(pair => pair.Value is not null)
            .GroupBy(pair => pair.Value!, pair => pair.Name, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1)
            .Select(group => new Duplicates(group.Key, [.. group]))];
}

/// <summary>What a rule says of twins.</summary>
internal static class DuplicateFindings
{
    /// <summary>One finding for each group of twins, or one that there are none.</summary>
    public static IEnumerable<Finding> Judge(this IReadOnlyList<Duplicates> all, Func<Duplicates, Finding> found, Func<Finding> none) =>
        all.Count == 0 ? [none()] : all.Select(twins => found(twins) with { Observed = twins.Value, Required = "one each" });
}
