namespace KubeLab.Smoke;

/// <summary>What a smoke test leaves behind.</summary>
public sealed record SmokeReport
{
    /// <summary>The checks, in the order of the report.</summary>
    public required IReadOnlyList<SmokeCheckResult> Checks { get; init; }

    /// <summary>When it began, UTC.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>How long it took.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>The kubectl that was used.</summary>
    public required string Kubectl { get; init; }

    /// <summary>The API server's URL; null where the kubeconfig couldn't be read.</summary>
    public string? Server { get; init; }

    /// <summary>The highest tier that was asked for.</summary>
    public required int Tier { get; init; }

    /// <summary>How often tier 0 was looked at.</summary>
    public int Rounds { get; init; } = 1;

    /// <summary>The test's namespace; null where none was made.</summary>
    public string? Namespace { get; init; }

    /// <summary>Why the test could not be run to its end; null where it was.</summary>
    public string? CouldNotRun { get; init; }

    /// <summary>How many checks ended in a way.</summary>
    public int Count(SmokeStatus status) => Checks.Count(result => result.Verdict.Status == status);

    /// <summary>The exit code of a test that could not be run.</summary>
    public const int CouldNotRunExitCode = 3;

    /// <summary>0: passed, and something was seen to work. 2: a check failed. 3: it could not be run.</summary>
    public int ExitCode
    {
        get
        {
            if (Checks.Any(result => result.Failed))
                return 2;
            return CouldNotRun is not null || Count(SmokeStatus.Passed) == 0 ? CouldNotRunExitCode : 0;
        }
    }

    /// <summary>The whole report in one sentence.</summary>
    public string Verdict => ExitCode switch
    {
        0 => $"The cluster works: {Totals}.",
        2 => $"The cluster does not work: {Totals}.",
        _ => $"The smoke test could not be run: {CouldNotRun ?? "every check was skipped"}.",
    };

    private string Totals =>
        $"{Count(SmokeStatus.Passed)} passed, {Count(SmokeStatus.Failed)} failed, {Count(SmokeStatus.Skipped)} skipped";
}
