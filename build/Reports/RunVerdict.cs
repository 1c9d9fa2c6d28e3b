namespace KubeLab.Reports;

/// <summary>How a run ended.</summary>
public enum RunVerdict
{
    /// <summary>It has left no end: it was killed, or it is still going on.</summary>
    Unfinished,

    /// <summary>All that was asked for was done.</summary>
    Succeeded,

    /// <summary>A target failed.</summary>
    Failed,

    /// <summary>A person or a signal ended it.</summary>
    Interrupted,
}
