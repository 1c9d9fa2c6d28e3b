namespace KubeLab.Smoke;

/// <summary>Decides whether tier 0 is looked at once more, and says what is waited for.</summary>
internal sealed class SettleLoop(SmokeOptions options, ConsoleLog log, TimeProvider time)
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(2);

    private readonly long started = time.GetTimestamp();
    private int inARow;
    private string said = "";

    /// <summary>How often tier 0 was looked at.</summary>
    public int Rounds { get; private set; }

    /// <summary>Whether there is to be another round; waits until it is due.</summary>
    public async Task<bool> WantsAnotherRoundAsync(IReadOnlyList<SmokeCheckResult> results, CancellationToken cancellationToken)
    {
        Rounds++;
        var failed = results.Where(result => result.Failed).ToList();
        inARow = failed.Count == 0 ? inARow + 1 : 0;
        var waited = time.GetElapsedTime(started);
        if (inARow >= options.Count || (failed.Count > 0 && waited >= options.Wait))
            return false;

        Say(failed, waited);
        await Task.Delay(Between, time, cancellationToken);
        return true;
    }

    private void Say(List<SmokeCheckResult> failed, TimeSpan waited)
    {
        var now = failed.Count == 0
            ? $"passed {inARow} of {options.Count} times in a row"
            : string.Join('\n', failed.Select(result => $"  waiting for {result.Id}: {result.Message}"));
        if (now == said)
            return;
        said = now;
        log.Info(failed.Count == 0
            ? $"Tier 0 {now}."
            : $"Not yet, after {ConsoleLog.Elapsed(waited)} of at most {ConsoleLog.Elapsed(options.Wait)}:\n{now}");
    }
}
