namespace KubeLab.Clusters;

/// <summary>What the smoke test does.</summary>
public sealed record SmokeSettings
{
    /// <summary>The image of the test's pods; null for a public busybox.</summary>
    public string? Image { get; init; }

    /// <summary>A registry prefix put before the default image; null for none.</summary>
    public string? Mirror { get; init; }

    /// <summary>How long the smoke test may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The ids of the checks to leave out.</summary>
    public IReadOnlyList<string> Skip { get; init; } = [];
}
