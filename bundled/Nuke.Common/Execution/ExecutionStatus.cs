namespace Nuke.Common.Execution;

/// <summary>How far a target has come.</summary>
public enum ExecutionStatus
{
    /// <summary>It is not part of this run.</summary>
    None,

    /// <summary>It will run.</summary>
    Scheduled,

    /// <summary>It would have run, had the run not ended before.</summary>
    NotRun,

    /// <summary>It was left out: by wish, by a condition, or with the target that needs it.</summary>
    Skipped,

    /// <summary>It ran to its end.</summary>
    Succeeded,

    /// <summary>It ended in an exception.</summary>
    Failed,

    /// <summary>It is running.</summary>
    Running,

    /// <summary>It was running when the run was ended.</summary>
    Aborted,

    /// <summary>It does nothing itself, and what it pulls in has run.</summary>
    Collective,
}
