namespace KubeLab.Ansible;

/// <summary>Reads a run's events while Ansible's callback writes them: from the file's end on, line by line.</summary>
internal sealed class EventTail : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly string path;
    private readonly Action<PlaybookEvent> onEvent;
    private readonly CancellationTokenSource ended = new();
    private readonly List<PlaybookEvent> events = [];
    private readonly MemoryStream unfinished = new();
    private readonly Task reading;
    private long position;

    /// <summary>Begins to read.</summary>
    /// <param name="path">The file; what is in it already belongs to an earlier run.</param>
    public EventTail(string path, Action<PlaybookEvent> onEvent)
    {
        this.path = path;
        this.onEvent = onEvent;
        position = File.Exists(path) ? new FileInfo(path).Length : 0;
        reading = ReadAsync();
    }

    /// <summary>Reads what is still to come once the writer has ended, and gives all events of the run.</summary>
    public async Task<IReadOnlyList<PlaybookEvent>> FinishAsync()
    {
        await DisposeAsync();
        return events;
    }

    public async ValueTask DisposeAsync()
    {
        if (ended.IsCancellationRequested)
            return;
        await ended.CancelAsync();
        await reading;
        ReadOn();
        ended.Dispose();
        await unfinished.DisposeAsync();
    }

    private async Task ReadAsync()
    {
        while (!ended.IsCancellationRequested)
        {
            await Task.Delay(Pause, ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ReadOn();
        }
    }

    private void ReadOn()
    {
        if (!File.Exists(path))
            return;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        file.Seek(position, SeekOrigin.Begin);
        var buffer = new byte[64 * 1024];
        int count;
        while ((count = file.Read(buffer)) > 0)
        {
            position += count;
            foreach (var each in buffer.AsSpan(0, count))
                Take(each);
        }
    }

    private void Take(byte each)
    {
        if (each != (byte)'\n')
        {
            unfinished.WriteByte(each);
            return;
        }

        var line = Encoding.UTF8.GetString(unfinished.GetBuffer(), 0, (int)unfinished.Length);
        unfinished.SetLength(0);
        if (PlaybookEvent.Parse(line) is not { } happened)
            return;
        events.Add(happened);
        onEvent(happened);
    }
}
