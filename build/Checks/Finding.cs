namespace KubeLab.Checks;

/// <summary>What one rule says about one node, or about the cluster.</summary>
/// <param name="Node">The node's inventory name; null where it concerns the cluster.</param>
/// <param name="Message">What it says in a sentence; for a skipped check, why.</param>
public sealed record Finding(string Rule, string Title, string? Node, FindingStatus Status, string Message)
{
    /// <summary>What was found, as short as a table needs it: <c>512 MB</c>.</summary>
    public string? Observed { get; init; }

    /// <summary>What was required: <c>1024 MB</c>.</summary>
    public string? Required { get; init; }

    /// <summary>Where the requirement comes from: a file and line, a variable, or a public document.</summary>
    public string? Source { get; init; }

    /// <summary>What to do.</summary>
    public string? Remedy { get; init; }

    /// <summary>This finding with each of its texts changed.</summary>
    public Finding With(Func<string, string> change)
    {
        return this with
        {
            Message = change(Message),
            Observed = Changed(Observed),
            Required = Changed(Required),
            Source = Changed(Source),
            Remedy = Changed(Remedy),
        };

        string? Changed(string? text) => text is null ? null : change(text);
    }
}

/// <summary>What a check found. Skipped is not passed.</summary>
public enum FindingStatus
{
    /// <summary>It holds.</summary>
    Pass,

    /// <summary>It was not judged; the finding says why.</summary>
    Skipped,

    /// <summary>It deserves a look, but the deployment can go on.</summary>
    Warn,

    /// <summary>The deployment would fail, or would leave a broken cluster.</summary>
    Fail,
}
