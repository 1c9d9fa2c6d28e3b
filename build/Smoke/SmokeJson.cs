using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KubeLab.Smoke;

/// <summary>Writes a report as JSON; <c>docs/smoke.schema.json</c> describes it.</summary>
public static class SmokeJson
{
    /// <summary>The version of the format: it rises when a reader of an older one could misread a newer one.</summary>
    public const int Version = 1;

    private static readonly JsonSerializerOptions Format = new()
    {
        WriteIndented = true,
        // The text is a file, not part of a page: quotes and letters stay as they are.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The report as indented JSON.</summary>
    public static string Write(SmokeReport report) => new JsonObject
    {
        ["version"] = Version,
        ["verdict"] = report.Verdict,
        ["exitCode"] = report.ExitCode,
        ["started"] = report.Started.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"),
        ["seconds"] = Seconds(report.Duration),
        ["server"] = report.Server,
        ["kubectl"] = report.Kubectl,
        ["tier"] = report.Tier,
        ["rounds"] = report.Rounds,
        ["namespace"] = report.Namespace,
        ["couldNotRun"] = report.CouldNotRun,
        ["passed"] = report.Count(SmokeStatus.Passed),
        ["failed"] = report.Count(SmokeStatus.Failed),
        ["skipped"] = report.Count(SmokeStatus.Skipped),
        ["checks"] = Array(report.Checks, Check),
    }.ToJsonString(Format) + "\n";

    private static JsonObject Check(SmokeCheckResult result) => new()
    {
        ["id"] = result.Check.Id,
        ["title"] = result.Check.Title,
        ["tier"] = result.Check.Tier,
        ["area"] = Name(result.Check.Area),
        ["needs"] = result.Check.Needs,
        ["status"] = Name(result.Verdict.Status),
        ["message"] = result.Verdict.Message,
        ["seconds"] = Seconds(result.Duration),
        ["findings"] = Array(result.Verdict.Findings, Finding),
        ["evidence"] = Array(result.Evidence, Evidence),
    };

    private static JsonObject Finding(SmokeFinding finding) => new()
    {
        ["severity"] = Name(finding.Severity),
        ["node"] = finding.Node,
        ["object"] = finding.About?.ToString(),
        ["message"] = finding.Message,
    };

    private static JsonObject Evidence(SmokeEvidence evidence) => new() { ["title"] = evidence.Title, ["text"] = evidence.Text };

    private static JsonArray Array<T>(IEnumerable<T> items, Func<T, JsonNode> write) => [.. items.Select(write)];

    private static string Name<T>(T value)
        where T : struct, Enum
    {
        var name = value.ToString();
        return char.ToLowerInvariant(name[0]) + name[1..];
    }

    private static double Seconds(TimeSpan span) => Math.Round(span.TotalSeconds, 3);
}
