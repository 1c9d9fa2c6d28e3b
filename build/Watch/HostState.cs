namespace KubeLab.Watch;

/// <summary>What is known of a node while a playbook runs.</summary>
public sealed class HostState
{
    /// <summary>How many tasks ended well, those that changed something included.</summary>
    public int Ok { get; set; }

    /// <summary>How many tasks changed something.</summary>
    public int Changed { get; set; }

    /// <summary>How many tasks failed, but for those whose failure is ignored.</summary>
    public int Failed { get; set; }

    /// <summary>Whether it could not be reached.</summary>
    public bool IsUnreachable { get; set; }

    /// <summary>Since when it works on the current task; null where it doesn't.</summary>
    public DateTimeOffset? Since { get; set; }

    /// <summary>How often the current task was tried again.</summary>
    public int Retries { get; set; }
}
