using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeLab.Kubernetes;

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
        ["started"] = JsonValues.Time(report.Started),
        ["seconds"] = JsonValues.Seconds(report.Duration.TotalSeconds),
        ["server"] = report.Server,
        ["kubectl"] = report.Kubectl,
        ["tier"] = report.Tier,
        ["rounds"] = report.Rounds,
        ["namespace"] = report.Namespace,
        ["couldNotRun"] = report.CouldNotRun,
        ["passed"] = report.Count(SmokeStatus.Passed),
        ["failed"] = report.Count(SmokeStatus.Failed),
        ["skipped"] = report.Count(SmokeStatus.Skipped),
        ["checks"] = JsonValues.Array(report.Checks, Check),
    }.ToJsonString(Format) + "\n";

    /// <summary>Reads what <see cref="Write"/> wrote; its checks can be shown, not run.</summary>
    /// <exception cref="JsonException">The text is no such JSON, or of a newer version.</exception>
    public static SmokeReport Read(string json)
    {
        try
        {
            var report = JsonNode.Parse(json)!;
            if ((int)report["version"]! > Version)
                throw new JsonException($"it has version {report["version"]}, and this KubeLab knows versions up to {Version}");
            return new SmokeReport
            {
                Started = (DateTimeOffset)report["started"]!,
                Duration = TimeSpan.FromSeconds((double)report["seconds"]!),
                Server = (string?)report["server"],
                Kubectl = (string)report["kubectl"]!,
                Tier = (int)report["tier"]!,
                Rounds = (int)report["rounds"]!,
                Namespace = (string?)report["namespace"],
                CouldNotRun = (string?)report["couldNotRun"],
                Checks = [.. report["checks"]!.AsArray().Select(check => Result(check!))],
            };
        }
        catch (Exception exception) when (exception is NullReferenceException or InvalidOperationException or FormatException or ArgumentException or OverflowException)
        {
            throw new JsonException("it is no smoke test report", exception);
        }
    }

    private static SmokeCheckResult Result(JsonNode check) => new(
        new RecordedCheck(
            (string)check["id"]!, (string)check["title"]!, (int)check["tier"]!, Enum.Parse<SmokeArea>((string)check["area"]!, ignoreCase: true), (string)check["needs"]!),
        new SmokeVerdict(
            Enum.Parse<SmokeStatus>((string)check["status"]!, ignoreCase: true), (string)check["message"]!, [.. check["findings"]!.AsArray().Select(Found)]),
        TimeSpan.FromSeconds((double)check["seconds"]!))
    {
        Evidence = [.. check["evidence"]!.AsArray().Select(evidence => new SmokeEvidence((string)evidence!["title"]!, (string)evidence["text"]!))],
    };

    private static SmokeFinding Found(JsonNode? finding) => new(
        Enum.Parse<SmokeSeverity>((string)finding!["severity"]!, ignoreCase: true), (string?)finding["node"], (string)finding["message"]!)
    {
        About = ((string?)finding["object"])?.Split(' ', 2) is [var kind, var name] ? Named(kind, name) : null,
    };

    private static ObjectReference Named(string kind, string name) =>
        name.Split('/', 2) is [var space, var own] ? new ObjectReference(kind, own, space) : new ObjectReference(kind, name);

    private static JsonObject Check(SmokeCheckResult result) => new()
    {
        ["id"] = result.Check.Id,
        ["title"] = result.Check.Title,
        ["tier"] = result.Check.Tier,
        ["area"] = Name(result.Check.Area),
        ["needs"] = result.Check.Needs,
        ["status"] = Name(result.Verdict.Status),
        ["message"] = result.Verdict.Message,
        ["seconds"] = JsonValues.Seconds(result.Duration.TotalSeconds),
        ["findings"] = JsonValues.Array(result.Verdict.Findings, Finding),
        ["evidence"] = JsonValues.Array(result.Evidence, Evidence),
    };

    private static JsonObject Finding(SmokeFinding finding) => new()
    {
        ["severity"] = Name(finding.Severity),
        ["node"] = finding.Node,
        ["object"] = finding.About?.ToString(),
        ["message"] = finding.Message,
    };

    private static JsonObject Evidence(SmokeEvidence evidence) => new() { ["title"] = evidence.Title, ["text"] = evidence.Text };

    private static string Name<T>(T value)
        where T : struct, Enum
    {
        var name = value.ToString();
        return char.ToLowerInvariant(name[0]) + name[1..];
    }
}
