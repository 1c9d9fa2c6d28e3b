namespace Nuke.Common;

/// <summary>How much of the log is shown.</summary>
public enum Verbosity
{
    /// <summary>All of it.</summary>
    Verbose,

    /// <summary>From debug messages on.</summary>
    Normal,

    /// <summary>Warnings and errors.</summary>
    Minimal,

    /// <summary>Errors.</summary>
    Quiet,
}
