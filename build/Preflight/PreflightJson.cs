using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using KubeLab.Reports;

namespace KubeLab.Preflight;

/// <summary>Writes a report as JSON; <c>docs/preflight.schema.json</c> describes it.</summary>
public static class PreflightJson
{
    /// <summary>The version of the format: it rises when a reader of an older one could misread a newer one.</summary>
    public const int Version = 1;

    private static readonly JsonWriterOptions Format = new()
    {
        Indented = true,
        // The text is a file, not part of a page: quotes and letters stay as they are.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The report as indented JSON. A thousand nodes have fifty thousand findings, so no tree of them is made first.</summary>
    public static string Write(PreflightReport report)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text, Format))
            Write(json, report);
        text.WriteByte((byte)'\n');
        return Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
    }

    /// <summary>Reads what <see cref="Write(PreflightReport)"/> wrote.</summary>
    /// <exception cref="JsonException">The text is no such JSON, or of a newer version.</exception>
    public static PreflightReport Read(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var report = document.RootElement;
            if (report.GetProperty("version").GetInt32() is var version && version > Version)
                throw new JsonException($"it has version {version}, and this KubeLab knows versions up to {Version}");
            return new PreflightReport
            {
                Cluster = Text(report, "cluster")!,
                Distribution = Text(report, "distribution")!,
                Target = Text(report, "target")!,
                StartedAt = report.GetProperty("started").GetDateTimeOffset(),
                Duration = TimeSpan.FromSeconds(report.GetProperty("seconds").GetDouble()),
                Strict = report.GetProperty("strict").GetBoolean(),
                Nodes = [.. report.GetProperty("nodes").EnumerateArray().Select(node => node.GetString()!)],
                Findings = [.. report.GetProperty("findings").EnumerateArray().Select(Finding)],
            };
        }
        catch (Exception exception) when (exception is KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException or OverflowException)
        {
            throw new JsonException("it is no preflight report", exception);
        }
    }

    private static Finding Finding(JsonElement finding) => new(
        Text(finding, "check")!, Text(finding, "title")!, Text(finding, "node"),
        Enum.Parse<FindingStatus>(Text(finding, "status")!, ignoreCase: true), Text(finding, "message")!)
    {
        Observed = Text(finding, "observed"),
        Required = Text(finding, "required"),
        Source = Text(finding, "source"),
        Remedy = Text(finding, "remedy"),
    };

    private static string? Text(JsonElement owner, string name) => owner.GetProperty(name).GetString();

    private static void Write(Utf8JsonWriter json, PreflightReport report)
    {
        json.WriteStartObject();
        json.WriteNumber("version", Version);
        json.WriteString("cluster", report.Cluster);
        json.WriteString("distribution", report.Distribution);
        json.WriteString("target", report.Target);
        json.WriteString("started", JsonValues.Time(report.StartedAt));
        json.WriteNumber("seconds", JsonValues.Seconds(report.Duration.TotalSeconds));
        json.WriteBoolean("strict", report.Strict);
        json.WriteBoolean("succeeded", report.Succeeded);
        json.WriteNumber("passed", report.Count(FindingStatus.Pass));
        json.WriteNumber("failed", report.Count(FindingStatus.Fail));
        json.WriteNumber("warnings", report.Count(FindingStatus.Warn));
        json.WriteNumber("skipped", report.Count(FindingStatus.Skipped));
        json.WriteStartArray("nodes");
        foreach (var node in report.Nodes)
            json.WriteStringValue(node);
        json.WriteEndArray();
        json.WriteStartArray("findings");
        foreach (var finding in report.Findings)
            Write(json, finding);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    // A text that is null is written as null.
    private static void Write(Utf8JsonWriter json, Finding finding)
    {
        json.WriteStartObject();
        json.WriteString("check", finding.Rule);
        json.WriteString("title", finding.Title);
        json.WriteString("node", finding.Node);
        json.WriteString("status", finding.Status.ToString().ToLowerInvariant());
        json.WriteString("message", finding.Message);
        json.WriteString("observed", finding.Observed);
        json.WriteString("required", finding.Required);
        json.WriteString("source", finding.Source);
        json.WriteString("remedy", finding.Remedy);
        json.WriteEndObject();
    }
}
