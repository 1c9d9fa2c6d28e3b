using System.Text.Encodings.Web;
using System.Text.Json;

namespace KubeLab.Preflight;

/// <summary>Writes a report as JSON; <c>docs/preflight.schema.json</c> describes it.</summary>
public static class PreflightJson
{
    /// <summary>The version of the format: it rises when a reader of an older one could misread a newer one.</summary>
    public const int Version = 1;

    private const int MostPending = 1 << 16;

    private static readonly JsonWriterOptions Format = new()
    {
        Indented = true,
        // The text is a file, not part of a page: quotes and letters stay as they are.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes the report as indented JSON. A thousand nodes have fifty thousand findings, so nothing holds all of it.</summary>
    public static void Write(Stream file, PreflightReport report)
    {
        using (var json = new Utf8JsonWriter(file, Format))
            Write(json, report);
        file.WriteByte((byte)'\n');
    }

    /// <summary>Reads what <see cref="Write(Stream, PreflightReport)"/> wrote.</summary>
    /// <exception cref="JsonException">The text is no such JSON, or of a newer version.</exception>
    public static PreflightReport Read(ReadOnlyMemory<byte> file)
    {
        try
        {
            using var document = JsonDocument.Parse(file);
            var report = document.RootElement;
            var texts = new Texts();
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
                Findings = [.. report.GetProperty("findings").EnumerateArray().Select(finding => Finding(finding, texts))],
            };
        }
        catch (Exception exception) when (exception is KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException or OverflowException)
        {
            throw new JsonException("it is no preflight report", exception);
        }
    }

    private static Finding Finding(JsonElement finding, Texts texts) => new(
        texts.Of(finding, "check")!, texts.Of(finding, "title")!, texts.Of(finding, "node"),
        Enum.Parse<FindingStatus>(texts.Of(finding, "status")!, ignoreCase: true), texts.Of(finding, "message")!)
    {
        Observed = texts.Of(finding, "observed"),
        Required = texts.Of(finding, "required"),
        Source = texts.Of(finding, "source"),
        Remedy = texts.Of(finding, "remedy"),
    };

    private static string? Text(JsonElement owner, string name) => owner.GetProperty(name).GetString();

    /// <summary>Writes the report as an object of a larger document.</summary>
    internal static void Write(Utf8JsonWriter json, PreflightReport report)
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
        {
            Write(json, finding);
            if (json.BytesPending > MostPending)
                json.Flush();
        }

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

    // The findings of a thousand nodes say the same few things: each text is kept once.
    private sealed class Texts
    {
        private readonly HashSet<string> known = new(StringComparer.Ordinal);

        public string? Of(JsonElement owner, string name)
        {
            if (Text(owner, name) is not { } text)
                return null;
            if (known.TryGetValue(text, out var same))
                return same;
            known.Add(text);
            return text;
        }
    }
}
