namespace KubeLab.Smoke;

/// <summary>A check and what became of it.</summary>
/// <param name="Check">The check.</param>
/// <param name="Verdict">Its judgement.</param>
/// <param name="Duration">How long it took.</param>
public sealed record SmokeCheckResult(ISmokeCheck Check, SmokeVerdict Verdict, TimeSpan Duration)
{
    /// <summary>Describe, events and logs of the objects that it blames; empty unless it failed.</summary>
    public IReadOnlyList<SmokeEvidence> Evidence { get; init; } = [];

    /// <summary>Set where the API gave no answer, so that the check itself knows nothing.</summary>
    public bool HadNoAnswer { get; init; }

    /// <summary>Whether it failed.</summary>
    public bool Failed => Verdict.Status == SmokeStatus.Failed;
}
