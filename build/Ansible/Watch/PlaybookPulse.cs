namespace KubeLab.Ansible;

/// <summary>Says that a playbook is still at work when nothing has been said for a while, and at what.</summary>
internal sealed class PlaybookPulse : IAsyncDisposable
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

    public PlaybookPulse(ConsoleLog log, TimeProvider time)
    {
        this.log = log;
        this.time = time;
        lastLine = lastWord = time.GetTimestamp();
        timer = time.CreateTimer(_ => Report(), null, LookEvery, LookEvery);
    }

    /// <summary>Notes a line of output.</summary>
    public void Beat(string line)
    {
        if (line.StartsWith("TASK [", StringComparison.Ordinal) || line.StartsWith("RUNNING HANDLER [", StringComparison.Ordinal))
            task = line.TrimEnd('*', ' ');
        var now = time.GetTimestamp();
        Interlocked.Exchange(ref lastLine, now);
        Interlocked.Exchange(ref lastWord, now);
    }

    public ValueTask DisposeAsync() => timer.DisposeAsync();

    private void Report()
    {
        if (time.GetElapsedTime(Interlocked.Read(ref lastWord)) < Silence)
            return;
        Interlocked.Exchange(ref lastWord, time.GetTimestamp());
        log.Detail($"  … still at {task}, silent for {ConsoleLog.Elapsed(time.GetElapsedTime(Interlocked.Read(ref lastLine)))}");
    }
}
