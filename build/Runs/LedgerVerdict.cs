namespace KubeLab.Runs;

/// <summary>Whether a target may be left out.</summary>
/// <param name="MaySkip">Whether it may.</param>
/// <param name="Reason">Why, or why not.</param>
public sealed record LedgerVerdict(bool MaySkip, string Reason)
{
    /// <summary>Nothing is known of it.</summary>
    public static readonly LedgerVerdict Unknown = new(false, "it has not succeeded yet");
}
