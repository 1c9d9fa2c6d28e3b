using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KubeLab.Preflight;

/// <summary>Writes a report as JSON; <c>docs/preflight.schema.json</c> describes it.</summary>
public static class PreflightJson
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
    public static string Write(PreflightReport report) => new JsonObject
    {
        ["version"] = Version,
        ["cluster"] = report.Cluster,
        ["distribution"] = report.Distribution,
        ["target"] = report.Target,
        ["started"] = report.StartedAt.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"),
        ["seconds"] = Math.Round(report.Duration.TotalSeconds, 3),
        ["strict"] = report.Strict,
        ["succeeded"] = report.Succeeded,
        ["passed"] = report.Count(FindingStatus.Pass),
        ["failed"] = report.Count(FindingStatus.Fail),
        ["warnings"] = report.Count(FindingStatus.Warn),
        ["skipped"] = report.Count(FindingStatus.Skipped),
        ["nodes"] = new JsonArray([.. report.Nodes.Select(node => JsonValue.Create(node))]),
        ["findings"] = new JsonArray([.. report.Findings.Select(Write)]),
    }.ToJsonString(Format) + "\n";

    private static JsonObject Write(Finding finding) => new()
    {
        ["check"] = finding.Rule,
        ["title"] = finding.Title,
        ["node"] = finding.Node,
        ["status"] = finding.Status.ToString().ToLowerInvariant(),
        ["message"] = finding.Message,
        ["observed"] = finding.Observed,
        ["required"] = finding.Required,
        ["source"] = finding.Source,
        ["remedy"] = finding.Remedy,
    };
}
