namespace KubeLab.Lab;

/// <summary>One change to the lab at a time on a machine. The lock ends with the process that holds it.</summary>
internal static class LabLock
{
    // Not in the lab's own folder, which LabDown deletes, nor in one that everybody may write to, as /run/lock.
    private const string File = "/run/kubelab/lab.lock";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Takes the lock, waiting for whoever holds it.</summary>
    /// <exception cref="UserError">It is still held after half an hour.</exception>
    public static async Task<IDisposable> TakeAsync(ConsoleLog log, TimeProvider time, CancellationToken cancellationToken)
    {
        UnixFile.MakePrivateDirectory(TrustedFolder.Require(Path.GetDirectoryName(File)!));
        var started = time.GetTimestamp();
        var said = false;
        while (true)
        {
            try
            {
                return UnixFile.OpenPrivate(File, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException exception) when (time.GetElapsedTime(started) > Limit)
            {
                throw new UserError(
                    $"Another LabUp or LabDown still holds {File} after {Limit.TotalMinutes:0} minutes.",
                    $"See which: fuser --verbose {File}", exception);
            }
            catch (IOException)
            {
                if (!said)
                    log.Info($"Another LabUp or LabDown is going on: waiting for it ({Limit.TotalMinutes:0} minutes at most).");
                said = true;
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }
}
