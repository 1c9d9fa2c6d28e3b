namespace KubeLab.Runs;

/// <summary>What became of one target of a run.</summary>
/// <param name="Name">The target's name.</param>
/// <param name="Status">How it ended: <c>succeeded</c>, <c>failed</c>, <c>skipped</c>, <c>interrupted</c> or <c>not run</c>.</param>
/// <param name="Started">When it began; null where it never did.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Note">Why it was left out, or the first line of its error; null where nothing is to be said.</param>
public sealed record TargetOutcome(string Name, string Status, DateTimeOffset? Started, double Seconds, string? Note);
