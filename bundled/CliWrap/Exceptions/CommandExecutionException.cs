namespace CliWrap.Exceptions;

/// <summary>A command ended with an exit code that its validation does not allow.</summary>
/// <param name="command">The command.</param>
/// <param name="exitCode">The exit code of the process.</param>
/// <param name="message">What is wrong.</param>
/// <param name="innerException">The cause, where there is one.</param>
public class CommandExecutionException(
    ICommandConfiguration command, int exitCode, string message, Exception? innerException = null)
    : CliWrapException(message, innerException)
{
    /// <summary>The command.</summary>
    public ICommandConfiguration Command { get; } = command;

    /// <summary>The exit code of the process.</summary>
    public int ExitCode { get; } = exitCode;
}
