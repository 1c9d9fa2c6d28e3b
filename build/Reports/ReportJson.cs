using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeLab.Ansible;
using KubeLab.Diagnosis;
using KubeLab.Preflight;
using KubeLab.Runs;
using KubeLab.Smoke;

namespace KubeLab.Reports;

/// <summary>Writes a report as JSON; <c>docs/report.schema.json</c> describes it.</summary>
public static class ReportJson
{
    private static readonly JsonSerializerOptions Format = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        // The text is a file, not part of a page: quotes and letters stay as they are.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The report as indented JSON.</summary>
    public static string Write(RunReport report) => new JsonObject
    {
        ["version"] = RunReport.Version,
        ["run"] = report.Id,
        ["cluster"] = report.Cluster,
        ["verdict"] = report.Verdict.ToString().ToLowerInvariant(),
        ["sentence"] = ReportSentence.Verdict(report),
        ["nextStep"] = ReportSentence.NextStep(report),
        ["nextCommand"] = ReportSentence.NextCommand(report),
        ["asked"] = report.Outcome?.Asked,
        ["started"] = report.Started is { } started ? JsonValues.Time(started) : null,
        ["seconds"] = report.Duration is { } duration ? JsonValues.Seconds(duration.TotalSeconds) : null,
        ["exitCode"] = report.Outcome?.ExitCode,
        ["versions"] = JsonSerializer.SerializeToNode(report.Outcome?.Versions, Format),
        ["targets"] = JsonValues.Array(report.Outcome?.Targets ?? [], Target),
        ["failures"] = JsonSerializer.SerializeToNode(report.Outcome?.Failures ?? [], Format),
        ["nodes"] = JsonValues.Array(report.Nodes, Node),
        ["explanations"] = JsonSerializer.SerializeToNode(report.Explanations, Format),
        ["preflight"] = report.Preflight is null ? null : JsonNode.Parse(PreflightJson.Write(report.Preflight)),
        ["smoke"] = report.Smoke is null ? null : JsonNode.Parse(SmokeJson.Write(report.Smoke)),
        ["playbook"] = report.Timeline.IsEmpty ? null : Playbook(report.Timeline),
        ["commands"] = JsonValues.Array(report.Commands, command => JsonValue.Create(command)),
        ["notes"] = JsonValues.Array(report.Notes, note => JsonValue.Create(note)),
    }.ToJsonString(Format) + "\n";

    private static JsonObject Target(TargetOutcome target) => new()
    {
        ["name"] = target.Name,
        ["status"] = target.Status,
        ["started"] = target.Started is { } started ? JsonValues.Time(started) : null,
        ["seconds"] = JsonValues.Seconds(target.Seconds),
        ["note"] = target.Note,
    };

    private static JsonObject Node(ReportNode node) => new()
    {
        ["name"] = node.Name,
        ["roles"] = JsonValues.Array(node.Roles, role => JsonValue.Create(role)),
        ["address"] = node.Address,
        ["memory"] = node.Memory is { } memory
            ? new JsonObject { ["observedMb"] = memory.ObservedMb, ["requiredMb"] = memory.RequiredMb, ["source"] = memory.Source, ["enough"] = memory.IsEnough }
            : null,
        ["recap"] = node.Recap is { } recap ? Recap(recap) : null,
        ["busySeconds"] = JsonValues.Seconds(node.BusySeconds),
        ["problems"] = JsonValues.Array(node.Problems, problem => JsonValue.Create(problem)),
        ["warnings"] = JsonValues.Array(node.Warnings, warning => JsonValue.Create(warning)),
    };

    private static JsonObject Recap(HostCounts counts) => new()
    {
        ["ok"] = counts.Ok,
        ["changed"] = counts.Changed,
        ["unreachable"] = counts.Unreachable,
        ["failed"] = counts.Failed,
        ["skipped"] = counts.Skipped,
        ["rescued"] = counts.Rescued,
        ["ignored"] = counts.Ignored,
    };

    private static JsonObject Playbook(Timeline timeline) => new()
    {
        ["started"] = JsonValues.Time(timeline.Start),
        ["seconds"] = JsonValues.Seconds(timeline.Seconds),
        ["plays"] = JsonValues.Array(timeline.Plays, play => new JsonObject { ["name"] = play.Name, ["start"] = JsonValues.Seconds(play.Start), ["seconds"] = JsonValues.Seconds(play.End - play.Start) }),
        ["roles"] = JsonValues.Array(timeline.Roles(), role => new JsonObject { ["name"] = role.Name, ["seconds"] = JsonValues.Seconds(role.Seconds), ["tasks"] = role.Tasks }),
        ["tasks"] = JsonValues.Array(timeline.Tasks, task => new JsonObject
        {
            ["name"] = task.Name,
            ["role"] = task.Role,
            ["path"] = task.Path,
            ["play"] = task.Play,
            ["start"] = JsonValues.Seconds(task.Start),
            ["seconds"] = JsonValues.Seconds(task.Seconds),
        }),
    };
}
