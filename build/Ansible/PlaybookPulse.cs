using KubeLab.Reports;

namespace KubeLab.Ansible;

/// <summary>Says that a playbook is still at work when it has said nothing for a while, and at what.</summary>
internal sealed class PlaybookPulse : IAsyncDisposable
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(30);

    private readonly ConsoleLog log;
    private readonly Timer timer;
    private string task = "start";
    private long lastLine = TimeProvider.System.GetTimestamp();

    public PlaybookPulse(ConsoleLog log)
    {
        this.log = log;
        timer = new Timer(_ => Report(), null, Silence, Silence);
    }

    /// <summary>Notes a line of output.</summary>
    public void Beat(string line)
    {
        if (line.StartsWith("TASK [", StringComparison.Ordinal) || line.StartsWith("RUNNING HANDLER [", StringComparison.Ordinal))
            task = line.TrimEnd('*', ' ');
        Interlocked.Exchange(ref lastLine, TimeProvider.System.GetTimestamp());
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => timer.DisposeAsync();

    private void Report()
    {
        var silent = TimeProvider.System.GetElapsedTime(Interlocked.Read(ref lastLine));
        if (silent >= Silence)
            log.Detail($"  … still at {task}, silent for {ConsoleLog.Elapsed(silent)}");
    }
}
