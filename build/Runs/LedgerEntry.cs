namespace KubeLab.Runs;

/// <summary>What became of a target when it ran the last time.</summary>
/// <param name="At">When it ended; of one that has only begun, when it began.</param>
/// <param name="Read">What it had read: a hash by the name of what was read.</param>
/// <param name="Outcome">How it ended, as <see cref="LedgerOutcome"/> names it.</param>
public sealed record LedgerEntry(DateTimeOffset At, IReadOnlyDictionary<string, string> Read, string Outcome);
