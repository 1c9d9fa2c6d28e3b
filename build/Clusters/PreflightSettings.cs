namespace KubeLab.Clusters;

/// <summary>What the preflight does.</summary>
public sealed record PreflightSettings
{
    /// <summary>The ids of the checks to leave out.</summary>
    public IReadOnlyList<string> Skip { get; init; } = [];

    /// <summary>How many nodes are asked at a time; null for a number that fits.</summary>
    public int? Concurrency { get; init; }
}
