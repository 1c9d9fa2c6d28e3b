namespace KubeLab.Smoke;

/// <summary>What a smoke test found. It is kept as <c>smoke.json</c>, which <c>docs/smoke.schema.json</c> describes.</summary>
public sealed record SmokeReport
{
    /// <summary>The file's name in the run's record.</summary>
    public static string FileName => "smoke.json";

    /// <summary>The exit code of a test that could not be run.</summary>
    public static int CouldNotRunExitCode => 3;

    private const int CurrentVersion = 2;

    /// <summary>The version of the format: it rises when a reader of an older one could misread a newer one.</summary>
    public int Version => CurrentVersion;

    /// <summary>The whole report in one sentence.</summary>
    public string Verdict => ExitCode switch
    {
        0 => $"The cluster works: {Totals}.",
        2 => $"The cluster does not work: {Totals}.",
        _ => $"The smoke test could not be run: {CouldNotRun ?? "every check was skipped"}.",
    };

    /// <summary>0: passed, and something was seen to work. 2: a check failed. 3: it could not be run.</summary>
    public int ExitCode => Failed > 0 ? 2 : CouldNotRun is not null || Passed == 0 ? CouldNotRunExitCode : 0;

    /// <summary>When it began, UTC.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>How long it took; <c>seconds</c> in a file.</summary>
    [JsonPropertyName("seconds")]
    public required TimeSpan Duration { get; init; }

    /// <summary>The API server's URL; null where the kubeconfig couldn't be read.</summary>
    public string? Server { get; init; }

    /// <summary>The kubectl that was used.</summary>
    public required string Kubectl { get; init; }

    /// <summary>The highest tier that was asked for.</summary>
    public required int Tier { get; init; }

    /// <summary>How often tier 0 was looked at.</summary>
    public int Rounds { get; init; } = 1;

    /// <summary>The test's namespace; null where none was made.</summary>
    public string? Namespace { get; init; }

    /// <summary>Why the test could not be run to its end; null where it was.</summary>
    public string? CouldNotRun { get; init; }

    /// <summary>How many checks passed.</summary>
    public int Passed => Count(FindingStatus.Passed);

    /// <summary>How many failed.</summary>
    public int Failed => Count(FindingStatus.Failed);

    /// <summary>How many were not looked at.</summary>
    public int Skipped => Count(FindingStatus.Skipped);

    /// <summary>The checks, in the order of the report.</summary>
    public required IReadOnlyList<SmokeCheckResult> Checks { get; init; }

    private string Totals => $"{Passed} passed, {Failed} failed, {Skipped} skipped";

    /// <summary>Reads a file of this format, or of an earlier version of it.</summary>
    /// <exception cref="JsonException">The text is no such JSON, or of a newer version.</exception>
    public static SmokeReport Read(string file)
    {
        // Version 1 called a finding's status its severity, and didn't say whose it is. Quotes in a text are escaped.
        var json = file.Replace("\"severity\":", "\"check\": \"\", \"title\": \"\", \"status\":");
        var report = RecordJson.Read<SmokeReport>(Encoding.UTF8.GetBytes(json), CurrentVersion);
        return report with { Checks = [.. report.Checks.Select(check => check.WithItsName())] };
    }

    private int Count(FindingStatus status) => Checks.Count(result => result.Status == status);
}
