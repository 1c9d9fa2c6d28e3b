namespace KubeLab.Clusters;

/// <summary>Which Ansible runs the playbooks.</summary>
public sealed record AnsibleSettings
{
    /// <summary>The <c>version</c> of <c>requirements-{version}.txt</c>, for the releases that have several; null for the default.</summary>
    public string? Version { get; init; }
}
