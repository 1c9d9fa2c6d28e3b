namespace KubeLab.Clusters;

/// <summary>One key that <c>kubelab.yml</c> may hold.</summary>
/// <param name="Path">Section and key: <c>ssh.user</c>; a key at the top has no dot.</param>
/// <param name="Kind">What its value is.</param>
/// <param name="Description">What it does, in one sentence, with its default.</param>
public sealed record SettingsKey(string Path, SettingsKind Kind, string Description)
{
    /// <summary>The values that are allowed, for a choice.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];
}
