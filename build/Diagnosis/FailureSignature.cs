namespace KubeLab.Diagnosis;

/// <summary>
/// A failure that is known: how it is recognised, what it means and what to do. Each is a file of its own under
/// <c>Signatures/</c>, named by its id; adding one touches no other file.
/// </summary>
public sealed record FailureSignature
{
    /// <summary>The <see cref="Failure.Status"/> of what stands in a node's own logs.</summary>
    public static string NodeLogs => "node";

    /// <summary>The name of the value that holds the line which matched.</summary>
    public static string MatchedLine => "line";

    /// <summary>Its id, which is its file's name: <c>memory-worker</c>.</summary>
    public required string Id { get; init; }

    /// <summary>What happened, in a few words.</summary>
    public required string Title { get; init; }

    /// <summary>Where several match, the one of the highest rank explains: 0 for what is said of many causes.</summary>
    public int Rank { get; init; } = 50;

    /// <summary>How the run has to have ended, of <see cref="Failure.Status"/>; null for any.</summary>
    public string? Status { get; init; }

    /// <summary>What the task's name has to match; null for any.</summary>
    public Regex? Task { get; init; }

    /// <summary>What was said has to match one of these.</summary>
    public IReadOnlyList<Regex> Text { get; init; } = [];

    /// <summary>What it means; in braces names of the matched pattern's groups, <c>{nodes}</c> or <c>{task}</c>.</summary>
    public required string Meaning { get; init; }

    /// <summary>What to do about it, with the same names in braces.</summary>
    public required string Remedy { get; init; }

    /// <summary>Whether it is also a cause that a node's logs may tell of.</summary>
    public bool IsCause { get; init; }

    /// <summary>Whether the node's own logs say more: then they are collected and searched for the cause.</summary>
    public bool AsksNode { get; init; }

    /// <summary>Where more is written about it.</summary>
    public IReadOnlyList<string> Links { get; init; } = [];

    /// <summary>The values of the names in braces where it recognises a failure; null where it doesn't.</summary>
    public IReadOnlyDictionary<string, string>? Recognise(Failure failure)
    {
        var fits = failure.Status == NodeLogs
            ? IsCause
            : (Status is null || Status == failure.Status) && Task?.IsMatch(failure.Task ?? "") != false;
        if (!fits)
            return null;
        if (Text.Count == 0)
            return new Dictionary<string, string>();
        var match = Text.Select(pattern => pattern.Match(failure.Whole)).FirstOrDefault(match => match.Success);
        return match is null ? null : Values(match, failure.Whole);
    }

    private static Dictionary<string, string> Values(Match match, string text)
    {
        var values = match.Groups.Values.Where(group => group.Success).ToDictionary(
            group => group.Name, group => group.Value.Trim());
        // A pattern may begin with the end of the line before.
        var at = match.Index + match.Value.TakeWhile(character => character == '\n').Count();
        var lineStart = at == 0 ? 0 : text.LastIndexOf('\n', at - 1) + 1;
        var lineEnd = text.IndexOf('\n', at);
        values[MatchedLine] = (lineEnd < 0 ? text[lineStart..] : text[lineStart..lineEnd]).Trim();
        return values;
    }
}
