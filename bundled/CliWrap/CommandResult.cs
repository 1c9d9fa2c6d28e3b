namespace CliWrap;

/// <summary>What is known about a command once it has ended.</summary>
/// <param name="exitCode">The exit code of the process.</param>
/// <param name="startTime">When the process was started.</param>
/// <param name="exitTime">When the process had ended.</param>
public class CommandResult(int exitCode, DateTimeOffset startTime, DateTimeOffset exitTime)
{
    /// <summary>The exit code of the process.</summary>
    public int ExitCode { get; } = exitCode;

    /// <summary>Whether the exit code is 0.</summary>
    public bool IsSuccess => ExitCode == 0;

    /// <summary>When the process was started.</summary>
    public DateTimeOffset StartTime { get; } = startTime;

    /// <summary>When the process had ended.</summary>
    public DateTimeOffset ExitTime { get; } = exitTime;

    /// <summary>How long the process ran.</summary>
    public TimeSpan RunTime => ExitTime - StartTime;
}
