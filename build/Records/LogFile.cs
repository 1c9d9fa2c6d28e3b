namespace KubeLab.Records;

/// <summary>A log of a run's record. A disk that becomes full in the middle doesn't stop what is being logged, as a playbook that
/// is cut off half-way is worse than one without a log; it is a failure afterwards.</summary>
public sealed class LogFile : IDisposable
{
    private readonly Lock gate = new();
    private readonly MaskedLines masked;
    private readonly string path;
    private readonly StreamWriter writer;
    private Exception? failure;

    /// <summary>Opens the log, to go on at its end; others can't read it.</summary>
    /// <param name="heading">Its first line, so that a full disk is found out before anything is done: it lets a file be made,
    /// but not filled. Null where every line has to be a record.</param>
    /// <exception cref="UserError">It can't be written, a full disk for one.</exception>
    public LogFile(string path, Func<string, string> mask, string? heading)
    {
        this.path = path;
        masked = new MaskedLines(mask);
        FileStream? stream = null;
        try
        {
            stream = UnixFile.OpenPrivate(path, FileMode.Append);
            if (heading is not null)
                stream.Write(Encoding.UTF8.GetBytes($"{heading}\n"));
            writer = new StreamWriter(stream) { AutoFlush = true };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            stream?.Dispose();
            throw Unwritable(exception);
        }
    }

    /// <summary>Adds a line, masked. Never fails: <see cref="EnsureWritten"/> says whether all lines are there.</summary>
    public void WriteLine(string line)
    {
        lock (gate)
        {
            if (failure is not null)
                return;
            try
            {
                if (masked.Next(line) is { } clean)
                    writer.WriteLine(clean);
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

    /// <inheritdoc />
    public void Dispose()
    {
        try
        {
            writer.Dispose();
        }
        catch (IOException exception)
        {
            failure ??= exception;
        }
    }

    private UserError Unwritable(Exception exception) =>
        new(
            $"{path} can't be written: {exception.Message}",
            "Put that right (df -h shows how much space there is), then run this again.", exception);
}
