namespace KubeLab.Reports;

/// <summary>How a task ended on a node, the worse the higher.</summary>
public enum TimelineStatus
{
    /// <summary>It was left out.</summary>
    Skipped,

    /// <summary>It changed nothing.</summary>
    Ok,

    /// <summary>It changed something.</summary>
    Changed,

    /// <summary>It failed, and the playbook went on.</summary>
    Ignored,

    /// <summary>It failed.</summary>
    Failed,

    /// <summary>The node did not answer.</summary>
    Unreachable,
}
