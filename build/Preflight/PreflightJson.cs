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

    /// <summary>Reads what <see cref="Write(PreflightReport)"/> wrote.</summary>
    /// <exception cref="JsonException">The text is no such JSON, or of a newer version.</exception>
    public static PreflightReport Read(string json)
    {
        try
        {
            var report = JsonNode.Parse(json)!;
            if ((int)report["version"]! > Version)
                throw new JsonException($"it has version {report["version"]}, and this KubeLab knows versions up to {Version}");
            return new PreflightReport
            {
                Cluster = (string)report["cluster"]!,
                Distribution = (string)report["distribution"]!,
                Target = (string)report["target"]!,
                StartedAt = (DateTimeOffset)report["started"]!,
                Duration = TimeSpan.FromSeconds((double)report["seconds"]!),
                Strict = (bool)report["strict"]!,
                Nodes = [.. report["nodes"]!.AsArray().Select(node => (string)node!)],
                Findings = [.. report["findings"]!.AsArray().Select(finding => Finding(finding!))],
            };
        }
        catch (Exception exception) when (exception is NullReferenceException or InvalidOperationException or FormatException or ArgumentException or OverflowException)
        {
            throw new JsonException("it is no preflight report", exception);
        }
    }

    private static Finding Finding(JsonNode finding) => new(
        (string)finding["check"]!, (string)finding["title"]!, (string?)finding["node"],
        Enum.Parse<FindingStatus>((string)finding["status"]!, ignoreCase: true), (string)finding["message"]!)
    {
        Observed = (string?)finding["observed"],
        Required = (string?)finding["required"],
        Source = (string?)finding["source"],
        Remedy = (string?)finding["remedy"],
    };

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
