namespace KubeLab.Runs;

/// <summary>What became of a cluster's targets, and what each had read: kept with the cluster's artifacts, so that
/// <c>--resume</c> can go on where a run failed or was cut off. Each target has a file of its own, as runs may note something at
/// the same time: one that is refused the cluster's lock has judged the inventory by then.</summary>
public sealed class Ledger(Cluster cluster, TimeProvider time)
{
    private string Folder => Path.Combine(cluster.ArtifactsDirectory, "ledger");

    /// <summary>Notes how far a target has come: that it begins, whatever becomes of it, or how it ended.</summary>
    /// <param name="read">What it reads: a hash by the name of what is read.</param>
    public void Note(string target, IReadOnlyDictionary<string, string> read, LedgerOutcome outcome) =>
        Aside.Write(FileOf(target), RecordJson.Write(new LedgerEntry(time.GetUtcNow(), read, outcome)));

    /// <summary>Notes that what a target did is undone, or that it did only a part: nothing of it counts.</summary>
    public void Forget(string target)
    {
        if (Directory.Exists(Folder))
            File.Delete(FileOf(target));
    }

    /// <summary>Whether a target may be left out, and why or why not.</summary>
    public LedgerVerdict Judge(string target, IReadOnlyDictionary<string, string> read)
    {
        if (Entry(target) is not { } entry)
            return LedgerVerdict.Unknown;
        var at = $"{entry.At.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC";
        var changed = read.Where(part => entry.Read.GetValueOrDefault(part.Key) != part.Value).Select(part => part.Key).ToList();
        var since = changed.Count == 0 ? null : $"changed since: {string.Join(", ", changed)}";
        return entry.Outcome switch
        {
            LedgerOutcome.Succeeded when since is null => new LedgerVerdict(
                true, $"it succeeded at {at}, and nothing that it read has changed since"),
            LedgerOutcome.Succeeded => new LedgerVerdict(false, since!),
            LedgerOutcome.Failed => Repeated($"it failed at {at}"),
            LedgerOutcome.Interrupted => Repeated($"it was interrupted at {at}"),
            _ => Repeated($"it began at {at} and never came to its end"),
        };

        LedgerVerdict Repeated(string reason) => new(false, since is null ? reason : $"{reason}; {since}");
    }

    private string FileOf(string target) => Path.Combine(Folder, $"{target}.json");

    // What can't be read proves nothing: the target is repeated.
    private LedgerEntry? Entry(string target) => RecordJson.Recall<LedgerEntry>(FileOf(target));
}

/// <summary>What became of a target when it ran the last time.</summary>
/// <param name="At">When it ended; of one that has only begun, when it began.</param>
internal sealed record LedgerEntry(DateTimeOffset At, IReadOnlyDictionary<string, string> Read, LedgerOutcome Outcome);

/// <summary>How a target ended.</summary>
public enum LedgerOutcome
{
    /// <summary>It came to its end without an error.</summary>
    Succeeded,

    /// <summary>It ended in an error.</summary>
    Failed,

    /// <summary>A person or a signal ended it.</summary>
    Interrupted,

    /// <summary>It began, and KubeLab ended before it: killed, or with its machine.</summary>
    Begun,
}

/// <summary>Whether a target may be left out.</summary>
public sealed record LedgerVerdict(bool MaySkip, string Reason)
{
    /// <summary>Nothing is known of it.</summary>
    public static readonly LedgerVerdict Unknown = new(false, "it has not succeeded yet");
}
