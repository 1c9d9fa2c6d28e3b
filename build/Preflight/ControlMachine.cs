namespace KubeLab.Preflight;

/// <summary>What is known of the machine that the playbook runs on.</summary>
public sealed record ControlMachine
{
    /// <summary>The version of ansible-core that will run the playbook; null where it isn't known.</summary>
    public Version? AnsibleVersion { get; init; }

    /// <summary>The version of the Python that Ansible runs on; null where it isn't known.</summary>
    public Version? PythonVersion { get; init; }

    /// <summary>The room on the file systems that a run writes to, by path.</summary>
    public IReadOnlyDictionary<string, long> FreeBytes { get; init; } = new Dictionary<string, long>(StringComparer.Ordinal);

    /// <summary>The folders that a run writes to and that can't be written to, with the reason.</summary>
    public IReadOnlyDictionary<string, string> Unwritable { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
