namespace KubeLab.Runs;

/// <summary>A target that succeeded.</summary>
/// <param name="At">When.</param>
/// <param name="Read">What it had read: a hash by the name of what was read.</param>
public sealed record LedgerEntry(DateTimeOffset At, IReadOnlyDictionary<string, string> Read);
