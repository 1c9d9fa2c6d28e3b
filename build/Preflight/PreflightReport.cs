using KubeLab.Records;

namespace KubeLab.Preflight;

/// <summary>What a preflight found: all of it, not only the first failure. It is kept as <c>preflight.json</c>, which
/// <c>docs/preflight.schema.json</c> describes.</summary>
public sealed record PreflightReport
{
    /// <summary>The file's name in the run's record.</summary>
    public static string FileName => "preflight.json";

    private const int CurrentVersion = 2;

    /// <summary>The version of the format: it rises when a reader of an older one could misread a newer one.</summary>
    public int Version => CurrentVersion;

    /// <summary>The cluster's name.</summary>
    public required string Cluster { get; init; }

    /// <summary>What is to be deployed: <c>kubespray v2.31.0</c>.</summary>
    public required string Distribution { get; init; }

    /// <summary>The target that asked: <c>ValidateNodes</c>.</summary>
    public required string Target { get; init; }

    /// <summary>Whether it judges a deployment that is to come, and not a cluster that is there.</summary>
    [JsonIgnore]
    public bool IsPreflight => Target.StartsWith("Validate", StringComparison.Ordinal);

    /// <summary>When it began; <c>started</c> in a file.</summary>
    [JsonPropertyName("started")]
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>How long it took; <c>seconds</c> in a file.</summary>
    [JsonPropertyName("seconds")]
    public required TimeSpan Duration { get; init; }

    /// <summary>Whether a warning counts as a failure.</summary>
    public bool Strict { get; init; }

    /// <summary>Whether the deployment may go on.</summary>
    public bool Succeeded => !Findings.Any(Fails);

    /// <summary>How many checks passed, on all nodes together.</summary>
    public int Passed => Count(FindingStatus.Passed);

    /// <summary>How many failed.</summary>
    public int Failed => Count(FindingStatus.Failed);

    /// <summary>How many deserve a look.</summary>
    public int Warnings => Count(FindingStatus.Warning);

    /// <summary>How many were not judged.</summary>
    public int Skipped => Count(FindingStatus.Skipped);

    /// <summary>How many of those that failed or deserve a look couldn't be judged.</summary>
    public int Unknown => Findings.Count(finding => finding.Unknown);

    /// <summary>The nodes' names, in the inventory's order.</summary>
    public required IReadOnlyList<string> Nodes { get; init; }

    /// <summary>What the rules said, rule by rule and node by node.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>This report with an earlier one of the same run, such as the inventory's, for a record of both.</summary>
    public PreflightReport After(PreflightReport earlier) => this with
    {
        StartedAt = earlier.StartedAt,
        Duration = earlier.Duration + Duration,
        Findings = [.. earlier.Findings, .. Findings],
    };

    /// <summary>This report with each text of its findings changed, as a mask of secrets does.</summary>
    public PreflightReport With(Func<string, string> change) =>
        this with { Findings = [.. Findings.Select(finding => finding.With(change))] };

    /// <summary>Whether a finding stops the deployment.</summary>
    public bool Fails(Finding finding) =>
        finding.Status == FindingStatus.Failed || (Strict && finding.Status == FindingStatus.Warning);

    /// <summary>How a finding looks: a warning that stops the deployment is a failure.</summary>
    public Mark Mark(Finding finding) => Fails(finding) ? Output.Mark.Failed : finding.Status.Mark;

    /// <summary>The report in a line: <c>61 checks passed, 1 failed, 2 warnings, 4 skipped</c>.</summary>
    [JsonIgnore]
    public string Summary => string.Join(", ", new[]
    {
        $"{Passed} checks passed", $"{Failed} failed",
        Warnings switch { 0 => null, 1 => "1 warning", var count => $"{count} warnings" },
        $"{Skipped} skipped",
    }.OfType<string>()) + (Unknown == 0 ? "" : $"; {Unknown} could not be judged");

    /// <summary>Reads a file of this format, or of an earlier version of it.</summary>
    /// <exception cref="JsonException">The text is no such JSON, or of a newer version.</exception>
    public static PreflightReport Read(ReadOnlySpan<byte> file) => RecordJson.Read<PreflightReport>(file, CurrentVersion);

    private int Count(FindingStatus status) => Findings.Count(finding => finding.Status == status);
}

/// <summary>Shows what the preflight finds, and keeps it in the run's record, with what other targets found.</summary>
/// <param name="summarize">Writes what people read of all that was found so far.</param>
public sealed class PreflightRecord(
    RunRecord record, Func<string, string> mask, Action<PreflightReport> summarize, ConsoleLog log)
{
    private readonly HashSet<Finding> announced = new(ReferenceEqualityComparer.Instance);

    /// <summary>What all targets of the run found; null for nothing, or once it was let go of.</summary>
    public PreflightReport? SoFar { get; private set; }

    /// <summary>Shows what was found so far, while the rest is still being judged.</summary>
    public void Announce(PreflightReport report)
    {
        new PreflightTable(log).Show(report);
        announced.UnionWith(report.Findings);
    }

    /// <summary>Keeps a report, and shows what of it was not shown yet.</summary>
    /// <exception cref="UserError">The preflight has failed.</exception>
    public void Conclude(PreflightReport report, string resumeCommand)
    {
        SoFar = SoFar is null ? report : report.After(SoFar);
        var masked = SoFar.With(mask);
        record.Write(PreflightReport.FileName, file => RecordJson.Write(file, masked));
        summarize(masked);
        var rest = report.Findings.Where(finding => !announced.Contains(finding));
        new PreflightTable(log).Show(report with { Findings = [.. rest] });
        if (!report.Succeeded)
            PreflightTable.ShowNext(log, resumeCommand);
        if (!report.Succeeded)
            throw new UserError(report.Summary);
        log.Done(report.Summary);
    }

    /// <summary>Lets go of what the record has: with a thousand nodes it is large.</summary>
    public void Release() => SoFar = null;
}
