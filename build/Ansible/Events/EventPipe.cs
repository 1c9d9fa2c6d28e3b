using System.Runtime.InteropServices;
using KubeLab.Records;

namespace KubeLab.Ansible;

/// <summary>A run's events on their way from Ansible's callback into the record. The callback writes into a pipe (mkfifo(3)), so
/// that nothing that KubeLab would mask ever lies on a disk, whenever and however a run ends.</summary>
internal sealed class EventPipe : IAsyncDisposable
{
    // Ends what is read: no event of the callback's is without a kind.
    private static readonly byte[] End = "\n{}\n"u8.ToArray();
    private const uint OwnerOnly = 0b110_000_000;

    private readonly TemporaryFolder folder = new("events");
    private readonly FileStream pipe;
    private readonly RunRecord record;
    private readonly Action<PlaybookEvent> onEvent;
    private readonly List<PlaybookEvent> events = [];
    private readonly Task reading;
    private bool hasEnded;

    /// <summary>Makes the pipe, in a folder of this user's alone, and begins to read.</summary>
    /// <exception cref="UserError">The temporary folder's file system has no pipes, or can't be written.</exception>
    public EventPipe(RunRecord record, Action<PlaybookEvent> onEvent)
    {
        this.record = record;
        this.onEvent = onEvent;
        if (MakePipe(Path, OwnerOnly) != 0)
            throw new UserError(
                $"{Path}: no pipe can be made there ({Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}).",
                "Set TMPDIR to a folder on a local disk.");
        // For both, so that it has a reader and a writer before Ansible is started and until all is read.
        pipe = new FileStream(Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        reading = Task.Factory.StartNew(Read, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>The pipe, for the callback to open.</summary>
    public string Path => System.IO.Path.Combine(folder.Path, "events");

    /// <summary>Reads what is still to come once the writer has ended, and gives all events of the run.</summary>
    public async Task<IReadOnlyList<PlaybookEvent>> FinishAsync()
    {
        await DisposeAsync();
        return events;
    }

    public async ValueTask DisposeAsync()
    {
        if (hasEnded)
            return;
        hasEnded = true;
        // Where reading has failed, nobody would take it.
        await Task.WhenAny(pipe.WriteAsync(End).AsTask(), reading);
        await reading;
        await pipe.DisposeAsync();
        folder.Dispose();
    }

    private void Read()
    {
        using var log = new LogFile(record.EventsFile, record.Mask, heading: null);
        using var unfinished = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (true)
        {
            foreach (var each in buffer.AsSpan(0, pipe.Read(buffer)))
            {
                if (each != (byte)'\n')
                {
                    unfinished.WriteByte(each);
                    continue;
                }

                var line = Encoding.UTF8.GetString(unfinished.GetBuffer(), 0, (int)unfinished.Length);
                unfinished.SetLength(0);
                if (line == "{}")
                    return;
                if (line.Length == 0)
                    continue;
                log.WriteLine(line);
                if (PlaybookEvent.Parse(line) is not { } happened)
                    continue;
                events.Add(happened);
                onEvent(happened);
            }
        }
    }

    [DllImport("libc", EntryPoint = "mkfifo", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int MakePipe([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint mode);
}
