namespace CliWrap;

public partial class Command
{
    /// <summary>Runs the command; cancelling ends it and all that it started at once.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">The program could not be started.</exception>
    public CommandTask<CommandResult> ExecuteAsync(CancellationToken cancellationToken = default) =>
        ExecuteAsync(cancellationToken, CancellationToken.None);

    /// <summary>Runs the command.</summary>
    /// <param name="forcefulCancellationToken">Ends the command and all that it started at once.</param>
    /// <param name="gracefulCancellationToken">
    /// Asks the command to end, as Ctrl+C would, and goes on waiting for it. On Windows, where that needs a console of the
    /// command's own, it ends the command at once.
    /// </param>
    /// <exception cref="System.ComponentModel.Win32Exception">The program could not be started.</exception>
    public CommandTask<CommandResult> ExecuteAsync(
        CancellationToken forcefulCancellationToken, CancellationToken gracefulCancellationToken)
    {
        var execution = CommandExecution.Start(this);
        return new CommandTask<CommandResult>(
            execution.FinishAsync(forcefulCancellationToken, gracefulCancellationToken), execution.ProcessId);
    }
}
