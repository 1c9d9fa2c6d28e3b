using System.Collections.Immutable;
using System.Text.Json;
using KubeLab.Clusters;

namespace KubeLab.Runs;

/// <summary>
/// What was done to a cluster, target by target, and what each target had read: kept with the cluster's artifacts, so that
/// <c>--resume</c> can go on where a run failed.
/// </summary>
/// <param name="cluster">The cluster.</param>
/// <param name="time">Tells when something was done.</param>
public sealed class Ledger(Cluster cluster, TimeProvider time)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private string FilePath => Path.Combine(cluster.ArtifactsDirectory, "ledger.json");

    /// <summary>Notes that a target succeeded.</summary>
    /// <param name="target">The target's name.</param>
    /// <param name="read">What it had read: a hash by the name of what was read.</param>
    public void Succeeded(string target, IReadOnlyDictionary<string, string> read) =>
        Write(Entries().SetItem(target, new LedgerEntry(time.GetUtcNow(), read)));

    /// <summary>Notes that a target is about to run or has failed: what was done before no longer counts.</summary>
    public void Forget(string target)
    {
        if (Entries() is var entries && entries.ContainsKey(target))
            Write(entries.Remove(target));
    }

    /// <summary>Whether a target may be left out, and why or why not.</summary>
    /// <param name="target">The target's name.</param>
    /// <param name="read">What it would read now.</param>
    public LedgerVerdict Judge(string target, IReadOnlyDictionary<string, string> read)
    {
        if (!Entries().TryGetValue(target, out var entry))
            return new LedgerVerdict(false, "it has not succeeded yet");
        var changed = read.Where(part => entry.Read.GetValueOrDefault(part.Key) != part.Value).Select(part => part.Key).ToList();
        return changed.Count > 0
            ? new LedgerVerdict(false, $"changed since: {string.Join(", ", changed)}")
            : new LedgerVerdict(true, $"it succeeded at {entry.At.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC, and nothing that it read has changed since");
    }

    private ImmutableDictionary<string, LedgerEntry> Entries()
    {
        var empty = ImmutableDictionary<string, LedgerEntry>.Empty;
        try
        {
            return File.Exists(FilePath)
                ? empty.SetItems(JsonSerializer.Deserialize<Dictionary<string, LedgerEntry>>(File.ReadAllText(FilePath)) ?? [])
                : empty;
        }
        catch (JsonException)
        {
            // A ledger that can't be read proves nothing: everything is repeated.
            return empty;
        }
    }

    private void Write(ImmutableDictionary<string, LedgerEntry> entries)
    {
        Directory.CreateDirectory(cluster.ArtifactsDirectory);
        var aside = $"{FilePath}.{Environment.ProcessId}";
        File.WriteAllText(aside, JsonSerializer.Serialize(entries.OrderBy(entry => entry.Value.At).ToDictionary(StringComparer.Ordinal), Indented));
        File.Move(aside, FilePath, overwrite: true);
    }
}
