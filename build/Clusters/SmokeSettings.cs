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

    /// <summary>The keys of taints that are meant to be there, beside those of the control plane.</summary>
    public IReadOnlyList<string> AllowedTaints { get; init; } = [];

    /// <summary>A name outside of the cluster that pods must be able to resolve; null for none.</summary>
    public string? ExternalName { get; init; }

    /// <summary>How long certificates must still be valid.</summary>
    public TimeSpan CertificateReserve { get; init; } = TimeSpan.FromDays(30);

    /// <summary>The ids of the checks to leave out.</summary>
    public IReadOnlyList<string> Skip { get; init; } = [];
}
