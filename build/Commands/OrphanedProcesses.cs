namespace KubeLab.Commands;

/// <summary>
/// What a command leaves behind when it is killed: Ansible's workers and what they run. They hold the command's outputs open, so its
/// end is not seen as long as they live.
/// </summary>
internal sealed class OrphanedProcesses(CommandLine command, int processId)
{
    // A process that was killed by a signal, as its exit code tells: 128 and the signal's number.
    private const int Killed = 128;
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>Ends them as soon as the process has ended, while its outputs are still held open.</summary>
    public async Task WatchAsync(CancellationToken closed)
    {
        try
        {
            while (ProcessTree.IsRunning(processId))
                await Task.Delay(PollInterval, closed);
            await Task.Delay(PollInterval, closed);
            await EndAsync();
        }
        catch (OperationCanceledException) when (closed.IsCancellationRequested)
        {
            // It has ended, and nobody holds its outputs.
        }
    }

    /// <summary>Ends those that hold no outputs, where the command was killed.</summary>
    public Task EndAsync(int exitCode) => exitCode > Killed ? EndAsync() : Task.CompletedTask;

    private Task EndAsync() => command.EnvironmentMarker is { } mark && command.Environment.GetValueOrDefault(mark) is { } value
        ? ProcessTree.Carrying(mark, value).EndOrphansAsync()
        : Task.CompletedTask;
}
