namespace KubeLab.Clusters;

/// <summary>Which Ansible runs the playbooks.</summary>
public sealed record AnsibleSettings
{
    /// <summary>The <c>version</c> of <c>requirements-{version}.txt</c>, for the releases that have several; null for the default.</summary>
    public string? Version { get; init; }

    /// <summary>A folder of wheels, absolute, to install from instead of an index; null for none.</summary>
    public string? Wheels { get; init; }

    /// <summary>The package index to install from, a mirror; null leaves it to pip.</summary>
    public string? Index { get; init; }

    /// <summary>The file with the password of vaulted variables, or the program that prints it, absolute; null for none.</summary>
    public string? VaultPasswordFile { get; init; }
}
