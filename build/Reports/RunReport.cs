using KubeLab.Diagnosis;
using KubeLab.Lifecycle;
using KubeLab.Preflight;
using KubeLab.Records;
using KubeLab.Smoke;
using KubeLab.Status;

namespace KubeLab.Reports;

/// <summary>One run, as its record tells it: the model that the terminal, <c>report.json</c>, <c>junit.xml</c>, <c>summary.md</c>
/// and <c>report.html</c> show. Its texts are bounded, without control characters; each output escapes them.</summary>
public sealed record RunReport
{
    /// <summary>The version of <c>report.json</c>: it rises when a reader of an older one could misread a newer one.</summary>
    public static int Version => 2;

    /// <summary>The record's folder, absolute.</summary>
    public required string Directory { get; init; }

    /// <summary>The record's name: the UTC time at which the run began.</summary>
    public string Id => Path.GetFileName(Directory);

    /// <summary>The cluster's name.</summary>
    public required string Cluster { get; init; }

    /// <summary>How it ended; null for a run that was killed, is still going on, or left no end that can be read.</summary>
    public RunOutcome? Outcome { get; init; }

    /// <summary>What the preflight found; null where it did not run.</summary>
    public PreflightReport? Preflight { get; init; }

    /// <summary>What the smoke test found; null where it did not run.</summary>
    public SmokeReport? Smoke { get; init; }

    /// <summary>The nodes' certificates; null where nobody asked for them.</summary>
    public CertificateReport? Certificates { get; init; }

    /// <summary>How far the cluster is what was asked for; null where nobody asked.</summary>
    public StatusReport? Status { get; init; }

    /// <summary>The plan of an upgrade; null where none was made.</summary>
    public UpgradePlan? Plan { get; init; }

    /// <summary>Why the playbook failed, the first cause first.</summary>
    public IReadOnlyList<Explanation> Explanations { get; init; } = [];

    /// <summary>What the playbooks did on which node and when.</summary>
    public Timeline Timeline { get; init; } = Timeline.Empty;

    /// <summary>The nodes, in the inventory's order.</summary>
    public IReadOnlyList<ReportNode> Nodes { get; init; } = [];

    /// <summary>The commands that ran, as they can be pasted.</summary>
    public IReadOnlyList<string> Commands { get; init; } = [];

    /// <summary>What of the record could not be read, and why.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The files of the record.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>How it ended.</summary>
    public RunVerdict Verdict => Outcome switch
    {
        null => RunVerdict.Unfinished,
        { Interrupted: true } => RunVerdict.Interrupted,
        { ExitCode: 0 } => RunVerdict.Succeeded,
        _ => RunVerdict.Failed,
    };

    /// <summary>How it ended, at a glance.</summary>
    public Mark Mark => Verdict == RunVerdict.Succeeded ? Mark.Passed : Verdict == RunVerdict.Failed ? Mark.Failed : Mark.Warning;

    /// <summary>When it began.</summary>
    public DateTimeOffset? Started =>
        Outcome?.Started ?? Preflight?.StartedAt ?? (Timeline.IsEmpty ? Smoke?.Started : Timeline.Start);

    /// <summary>How long it took; null where that is unknown.</summary>
    public TimeSpan? Duration => Outcome is null ? null : TimeSpan.FromSeconds(Outcome.Seconds);

    /// <summary>What was asked for: <c>Deploy</c>.</summary>
    public string Asked => Outcome?.RequestedTargets ?? "The run";

    /// <summary>The target that failed or was interrupted; null for none.</summary>
    public string? BrokenTarget => Outcome?.Targets.FirstOrDefault(target => target.Status is "failed" or "interrupted")?.Name;
}

/// <summary>How a run ended.</summary>
public enum RunVerdict
{
    /// <summary>It has left no end: it was killed, or it is still going on.</summary>
    Unfinished,

    /// <summary>All that was asked for was done.</summary>
    Succeeded,

    /// <summary>A target failed.</summary>
    Failed,

    /// <summary>A person or a signal ended it.</summary>
    Interrupted,
}
