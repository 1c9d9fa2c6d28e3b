using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>A check's judgement.</summary>
/// <param name="Message">One sentence: what holds, or the reason why it was skipped.</param>
public record SmokeVerdict(FindingStatus Status, string Message, IReadOnlyList<Finding> Findings)
{
    /// <summary>Evidence that only the check has, as an answer; then descriptions, events and logs of what it blames.</summary>
    public IReadOnlyList<SmokeEvidence> Evidence { get; init; } = [];

    /// <summary>What follows from findings: failed with any failed one, passed with any that was judged, else skipped.</summary>
    /// <param name="whenPassed">The sentence that holds where nothing failed.</param>
    /// <param name="findings">What was found; empty where the check has nothing to say beyond its sentence.</param>
    public static SmokeVerdict From(string whenPassed, IReadOnlyList<Finding> findings)
    {
        var failed = findings.Where(finding => finding.Status == FindingStatus.Failed).ToList();
        if (failed.Count > 0)
            return new SmokeVerdict(FindingStatus.Failed, Summary(failed), findings);

        var skipped = findings.Where(finding => finding.Status == FindingStatus.Skipped).ToList();
        return skipped.Count > 0 && skipped.Count == findings.Count
            ? new SmokeVerdict(FindingStatus.Skipped, Summary(skipped), findings)
            : new SmokeVerdict(FindingStatus.Passed, whenPassed, findings);
    }

    /// <summary>The check could not look, and why.</summary>
    public static SmokeVerdict Skip(string reason) => new(FindingStatus.Skipped, reason, []);

    /// <summary>The check failed as a whole, or by the one thing that it looks at.</summary>
    public static SmokeVerdict Fail(string message, ObjectReference? about = null, string? node = null) =>
        From("", [Finding.Fail(node, message, about)]);

    /// <summary>The check holds, with nothing to add by node.</summary>
    public static SmokeVerdict Pass(string message) => new(FindingStatus.Passed, message, []);

    private static string Summary(List<Finding> findings) =>
        findings.Count == 1 ? findings[0].ToString() : $"{findings[0]} (and {findings.Count - 1} more)";
}

/// <summary>A finding about an object of the API, whose description and events are the evidence.</summary>
internal sealed record ObjectFinding : Finding
{
    /// <summary>Says that something does not hold of an object.</summary>
    public ObjectFinding(string? node, string message, ObjectReference about)
        : base("", "", node, FindingStatus.Failed, message)
    {
        About = about;
        Subject = about.ToString();
    }

    public ObjectReference About { get; }
}

/// <summary>What a check says it found, without the node's name. Whose words they are is added once it has run.</summary>
public static class SmokeFindings
{
    extension(Finding)
    {
        /// <summary>Says that something does not hold.</summary>
        /// <param name="about">The object whose description and events are the evidence; null for none.</param>
        public static Finding Fail(string? node, string message, ObjectReference? about = null) =>
            about is null ? Says(node, FindingStatus.Failed, message) : new ObjectFinding(node, message, about);

        /// <summary>Says that something deserves a second look.</summary>
        public static Finding Warn(string? node, string message) => Says(node, FindingStatus.Warning, message);

        /// <summary>Says that something holds.</summary>
        public static Finding Pass(string? node, string message) => Says(node, FindingStatus.Passed, message);

        /// <summary>Says that something was not looked at, and why.</summary>
        public static Finding Skip(string? node, string reason) => Says(node, FindingStatus.Skipped, reason);
    }

    private static Finding Says(string? node, FindingStatus status, string message) => new("", "", node, status, message);
}

/// <summary>What a failed check brings: a description, events, the end of a log.</summary>
public sealed record SmokeEvidence(string Title, string Text);

/// <summary>What became of a check, and what it needs to be shown.</summary>
/// <param name="Duration">How long it took; <c>seconds</c> in a file.</param>
public sealed record SmokeCheckResult(
    string Id, string Title, int Tier, SmokeArea Area, string Needs, FindingStatus Status, string Message,
    [property: JsonPropertyName("seconds")] TimeSpan Duration, IReadOnlyList<Finding> Findings)
    : SmokeVerdict(Status, Message, Findings)
{
    /// <summary>Set where the API gave no answer, so that the check itself knows nothing.</summary>
    [JsonIgnore]
    public bool HadNoAnswer { get; init; }

    /// <summary>Whether it failed.</summary>
    [JsonIgnore]
    public bool Failed => Status == FindingStatus.Failed;

    /// <summary>What holds, what failed first, or why it was skipped.</summary>
    [JsonIgnore]
    public string Sentence => Status == FindingStatus.Skipped ? $"skipped: {Message}" : Message;

    /// <summary>What a check has judged.</summary>
    public static SmokeCheckResult Of(ISmokeCheck check, SmokeVerdict verdict, TimeSpan duration) => new SmokeCheckResult(
        check.Id, check.Title, check.Tier, check.Area, check.Needs, verdict.Status, verdict.Message, duration, verdict.Findings)
    {
        Evidence = verdict.Status == FindingStatus.Failed ? verdict.Evidence : [],
    }.WithItsName();

    /// <summary>This result with findings that tell whose they are.</summary>
    public SmokeCheckResult WithItsName() =>
        this with { Findings = [.. Findings.Select(finding => finding with { Check = Id, Title = Title })] };
}
