namespace KubeLab.Ansible;

/// <summary>Shows a playbook run as Ansible itself does, with a sign of life where Ansible has said nothing for 30 s.</summary>
public sealed class RawView : IPlaybookView
{
    // Looked at often enough that never more than 30 s pass without a word.
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(25);

    private readonly ConsoleLog log;
    private readonly TimeProvider time;
    private readonly ITimer timer;
    private string task = "start";
    private long lastLine;
    private long lastWord;

    /// <summary>Begins to watch for silence.</summary>
    public RawView(ConsoleLog log, TimeProvider time)
    {
        this.log = log;
        this.time = time;
        lastLine = lastWord = time.GetTimestamp();
        timer = time.CreateTimer(_ => ShowLife(), null, LookEvery, LookEvery);
    }

    public void Line(string line)
    {
        if (line.StartsWith("TASK [", StringComparison.Ordinal) || line.StartsWith("RUNNING HANDLER [", StringComparison.Ordinal))
            task = line.TrimEnd('*', ' ');
        var now = time.GetTimestamp();
        Interlocked.Exchange(ref lastLine, now);
        Interlocked.Exchange(ref lastWord, now);
        log.Info(line);
    }

    public void Event(PlaybookEvent happened)
    {
    }

    public ValueTask DisposeAsync() => timer.DisposeAsync();

    private void ShowLife()
    {
        if (time.GetElapsedTime(Interlocked.Read(ref lastWord)) < Silence)
            return;
        Interlocked.Exchange(ref lastWord, time.GetTimestamp());
        log.Detail($"  … still at {task}, silent for {ConsoleLog.Elapsed(time.GetElapsedTime(Interlocked.Read(ref lastLine)))}");
    }
}
