namespace KubeLab.Records;

/// <summary>A log of a run's record. A disk that becomes full in the middle doesn't stop what is being logged, as a playbook that
/// is cut off half-way is worse than one without a log; it is a failure afterwards.</summary>
public sealed class LogFile : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly string path;
    private readonly StreamWriter writer;
    private Exception? failure;

    /// <summary>Opens the log, to go on at its end.</summary>
    /// <exception cref="UserError">It can't be written, a full disk for one.</exception>
    public LogFile(string path)
    {
        this.path = path;
        FileStream? stream = null;
        try
        {
            stream = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
            // Found out before anything is done: a full disk lets a file be made, but not filled.
            stream.Write(Encoding.UTF8.GetBytes($"# {TimeProvider.System.GetUtcNow():u}\n"));
            writer = new StreamWriter(stream) { AutoFlush = true };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            stream?.Dispose();
            throw Unwritable(exception);
        }
    }

    /// <summary>Adds a line. Never fails: <see cref="EnsureWritten"/> says whether all lines are there.</summary>
    public void WriteLine(string line)
    {
        lock (gate)
        {
            if (failure is not null)
                return;
            try
            {
                writer.WriteLine(line);
            }
            catch (IOException exception)
            {
                failure = exception;
            }
        }
    }

    /// <summary>Makes sure that nothing is missing.</summary>
    /// <exception cref="UserError">A line could not be written.</exception>
    public void EnsureWritten()
    {
        if (failure is not null)
            throw Unwritable(failure);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await writer.DisposeAsync();
        }
        catch (IOException exception)
        {
            failure ??= exception;
        }
    }

    private UserError Unwritable(Exception exception) =>
        new(
            $"{path} can't be written: {exception.Message}",
            "Free some space there (df -h shows how much there is), then run this again.", exception);
}
