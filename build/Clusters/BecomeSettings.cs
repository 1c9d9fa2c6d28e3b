namespace KubeLab.Clusters;

/// <summary>How privileges are escalated on a node.</summary>
public sealed record BecomeSettings
{
    /// <summary>The user to become.</summary>
    public string User { get; init; } = "root";

    /// <summary>A file that holds the password for sudo, absolute; null where sudo needs none.</summary>
    public string? PasswordFile { get; init; }
}
