namespace KubeLab.Clusters;

/// <summary>Which Kubespray to run.</summary>
public sealed record KubespraySettings
{
    /// <summary>The version when none is given, the newest that KubeLab's facts were checked against.</summary>
    public const string DefaultVersion = "v2.31.0";

    /// <summary>The public repository.</summary>
    public const string DefaultUrl = "https://github.com/kubernetes-sigs/kubespray.git";

    /// <summary>A git tag, branch or commit.</summary>
    public string Version { get; init; } = DefaultVersion;

    /// <summary>A local checkout, absolute, instead of a version; null for none.</summary>
    public string? Path { get; init; }

    /// <summary>Where it is cloned from.</summary>
    public string Url { get; init; } = DefaultUrl;
}
