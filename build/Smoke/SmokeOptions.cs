using KubeLab.Clusters;

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

    /// <summary>What is set for the cluster.</summary>
    public SmokeSettings Settings { get; init; } = new();

    /// <summary>How long one read of the API may take.</summary>
    public TimeSpan ReadLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the test's pods may take to become ready, the pull of the image included.</summary>
    public TimeSpan PodsReadyLimit { get; init; } = TimeSpan.FromSeconds(180);

    /// <summary>How long the test's namespace may take to be gone.</summary>
    public TimeSpan RemovalLimit { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Over which time restart counts must not rise.</summary>
    public TimeSpan RestartWindow { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The image as the pods' manifests name it.</summary>
    public string PodImage => Settings.Image ?? (Settings.Mirror is { } mirror ? $"{mirror.TrimEnd('/')}/{DefaultImage}" : DefaultImage);
}
