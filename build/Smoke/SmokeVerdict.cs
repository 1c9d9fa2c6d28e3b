namespace KubeLab.Smoke;

/// <summary>A check's judgement.</summary>
/// <param name="Status">Passed, failed or skipped.</param>
/// <param name="Message">One sentence: what holds, or the reason why it was skipped.</param>
/// <param name="Findings">What was found, by node or object.</param>
public sealed record SmokeVerdict(SmokeStatus Status, string Message, IReadOnlyList<SmokeFinding> Findings)
{
    /// <summary>Evidence that only the check itself has, such as a request's answer.</summary>
    public IReadOnlyList<SmokeEvidence> Evidence { get; init; } = [];

    /// <summary>
    /// The judgement that follows from findings: failed with any failed one, passed with any that was looked at, else skipped.
    /// </summary>
    /// <param name="whenPassed">The sentence that holds where nothing failed.</param>
    /// <param name="findings">What was found; empty where the check has nothing to say beyond its sentence.</param>
    public static SmokeVerdict From(string whenPassed, IReadOnlyList<SmokeFinding> findings)
    {
        var failed = findings.Where(finding => finding.Severity == SmokeSeverity.Failed).ToList();
        if (failed.Count > 0)
            return new SmokeVerdict(SmokeStatus.Failed, Summary(failed), findings);

        var skipped = findings.Where(finding => finding.Severity == SmokeSeverity.Skipped).ToList();
        return skipped.Count > 0 && skipped.Count == findings.Count
            ? new SmokeVerdict(SmokeStatus.Skipped, Summary(skipped), findings)
            : new SmokeVerdict(SmokeStatus.Passed, whenPassed, findings);
    }

    /// <summary>The check could not look, and why.</summary>
    public static SmokeVerdict Skip(string reason) => new(SmokeStatus.Skipped, reason, []);

    /// <summary>The check failed as a whole.</summary>
    public static SmokeVerdict Fail(string message, ObjectReference? about = null) =>
        From("", [SmokeFinding.Fail(null, message, about)]);

    /// <summary>The check holds, with nothing to add by node.</summary>
    public static SmokeVerdict Pass(string message) => new(SmokeStatus.Passed, message, []);

    private static string Summary(List<SmokeFinding> findings) =>
        findings.Count == 1 ? findings[0].ToString() : $"{findings[0]} (and {findings.Count - 1} more)";
}
