using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>A check's judgement.</summary>
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

/// <summary>What a check found about one node, one object or the whole cluster.</summary>
/// <param name="Node">The node that it is about; null for the cluster.</param>
/// <param name="Message">What was found and what was expected, without the node's name.</param>
public sealed record SmokeFinding(SmokeSeverity Severity, string? Node, string Message)
{
    /// <summary>The object whose description and events are the evidence; null for none.</summary>
    public ObjectReference? About { get; init; }

    /// <summary>The finding in one line, with its node.</summary>
    public override string ToString() => Node is null ? Message : $"{Node}: {Message}";

    /// <summary>Says that something does not hold.</summary>
    public static SmokeFinding Fail(string? node, string message, ObjectReference? about = null) =>
        new(SmokeSeverity.Failed, node, message) { About = about };

    /// <summary>Says that something deserves a second look.</summary>
    public static SmokeFinding Warn(string? node, string message) => new(SmokeSeverity.Warning, node, message);

    /// <summary>Says that something holds.</summary>
    public static SmokeFinding Pass(string? node, string message) => new(SmokeSeverity.Passed, node, message);

    /// <summary>Says that something was not looked at, and why.</summary>
    public static SmokeFinding Skip(string? node, string reason) => new(SmokeSeverity.Skipped, node, reason);
}

/// <summary>What a finding says about its subject.</summary>
public enum SmokeSeverity
{
    /// <summary>It holds.</summary>
    Passed,

    /// <summary>It was not looked at.</summary>
    Skipped,

    /// <summary>It holds, and deserves a second look.</summary>
    Warning,

    /// <summary>It does not hold.</summary>
    Failed,
}

/// <summary>What became of a check. Skipped is not passed.</summary>
public enum SmokeStatus
{
    /// <summary>It was looked at and holds.</summary>
    Passed,

    /// <summary>It was not looked at; the message says why.</summary>
    Skipped,

    /// <summary>It was looked at and does not hold.</summary>
    Failed,
}

/// <summary>What a failed check brings: a description, events, the end of a log.</summary>
/// <param name="Title">What it is, usually the command that shows it.</param>
public sealed record SmokeEvidence(string Title, string Text);

/// <summary>A check and what became of it.</summary>
public sealed record SmokeCheckResult(ISmokeCheck Check, SmokeVerdict Verdict, TimeSpan Duration)
{
    /// <summary>Describe, events and logs of the objects that it blames; empty unless it failed.</summary>
    public IReadOnlyList<SmokeEvidence> Evidence { get; init; } = [];

    /// <summary>Set where the API gave no answer, so that the check itself knows nothing.</summary>
    public bool HadNoAnswer { get; init; }

    /// <summary>Whether it failed.</summary>
    public bool Failed => Verdict.Status == SmokeStatus.Failed;
}
