namespace KubeLab.Preflight;

/// <summary>What a preflight found: all of it, not only the first failure.</summary>
public sealed record PreflightReport
{
    /// <summary>The cluster's name.</summary>
    public required string Cluster { get; init; }

    /// <summary>What is to be deployed: <c>kubespray v2.31.0</c>.</summary>
    public required string Distribution { get; init; }

    /// <summary>The target that asked: <c>ValidateNodes</c>.</summary>
    public required string Target { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>How long it took.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>The nodes' names, in the inventory's order.</summary>
    public required IReadOnlyList<string> Nodes { get; init; }

    /// <summary>What the rules said, rule by rule and node by node.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>Whether a warning counts as a failure.</summary>
    public bool Strict { get; init; }

    /// <summary>This report together with an earlier one of the same run, such as the inventory's, for a record of both.</summary>
    public PreflightReport After(PreflightReport earlier) => this with
    {
        StartedAt = earlier.StartedAt,
        Duration = earlier.Duration + Duration,
        Findings = [.. earlier.Findings, .. Findings],
    };

    /// <summary>This report with each text of its findings changed, as a mask of secrets does.</summary>
    public PreflightReport With(Func<string, string> change) => this with { Findings = [.. Findings.Select(finding => finding.With(change))] };

    /// <summary>Whether the deployment may go on.</summary>
    public bool Succeeded => !Findings.Any(Fails);

    /// <summary>Whether a finding stops the deployment.</summary>
    public bool Fails(Finding finding) =>
        finding.Status == FindingStatus.Fail || (Strict && finding.Status == FindingStatus.Warn);

    /// <summary>How many findings have a status.</summary>
    public int Count(FindingStatus status) => Findings.Count(finding => finding.Status == status);

    /// <summary>The report in a line: <c>61 checks passed, 1 failed, 2 warnings, 4 skipped</c>.</summary>
    public string Summary
    {
        get
        {
            var parts = new List<string> { $"{Count(FindingStatus.Pass)} checks passed", $"{Count(FindingStatus.Fail)} failed" };
            if (Count(FindingStatus.Warn) is > 0 and var warnings)
                parts.Add(warnings == 1 ? "1 warning" : $"{warnings} warnings");
            parts.Add($"{Count(FindingStatus.Skipped)} skipped");
            return string.Join(", ", parts);
        }
    }
}
