namespace KubeLab.Smoke;

/// <summary>How the test is run.</summary>
public sealed record SmokeOptions
{
    /// <summary>The image that the test's pods use where nothing else is set.</summary>
    public const string DefaultImage = "busybox:1.36";

    /// <summary>The highest tier to run: 0 reads only, 1 works in a namespace of its own.</summary>
    public int Tier { get; init; } = 1;

    /// <summary>The ids of the checks to run; empty for all.</summary>
    public IReadOnlyList<string> Checks { get; init; } = [];

    /// <summary>The ids of the checks to leave out.</summary>
    public IReadOnlyList<string> SkipChecks { get; init; } = [];

    /// <summary>How long to wait for the checks of tier 0 to hold; zero for one look.</summary>
    public TimeSpan Wait { get; init; }

    /// <summary>How many times in a row the checks of tier 0 must hold.</summary>
    public int Count { get; init; } = 1;

    /// <summary>The image of the test's pods: a busybox with <c>httpd</c>; null for the public one.</summary>
    public string? Image { get; init; }

    /// <summary>A registry put before the public image, such as <c>registry.example/library</c>; null for none.</summary>
    public string? Mirror { get; init; }

    /// <summary>How long the whole test may take: a busy machine's takes long, and a check returns when it is done.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How long one read of the API may take.</summary>
    public TimeSpan ReadLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the test's pods may take to become ready, the pull of the image included.</summary>
    public TimeSpan PodsReadyLimit { get; init; } = TimeSpan.FromSeconds(180);

    /// <summary>How long the test's namespace may take to be gone.</summary>
    public TimeSpan RemovalLimit { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Over which time restart counts must not rise.</summary>
    public TimeSpan RestartWindow { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long certificates must still be valid.</summary>
    public TimeSpan CertificateReserve { get; init; } = TimeSpan.FromDays(30);

    /// <summary>The keys of taints that are meant to be there, beside those of the control plane.</summary>
    public IReadOnlyList<string> AllowedTaints { get; init; } = [];

    /// <summary>A name outside of the cluster that pods must be able to resolve; null for none.</summary>
    public string? ExternalName { get; init; }

    /// <summary>The image as the pods' manifests name it.</summary>
    public string PodImage => Image ?? (Mirror is null ? DefaultImage : $"{Mirror.TrimEnd('/')}/{DefaultImage}");
}
