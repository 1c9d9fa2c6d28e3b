using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeLab.Ansible;
using KubeLab.Preflight;
using KubeLab.Records;
using KubeLab.Smoke;

namespace KubeLab.Reports;

/// <summary>Writes a report as JSON; <c>docs/report.schema.json</c> describes it.</summary>
public static class ReportJson
{
    private static readonly JsonSerializerOptions Names = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    private static readonly JsonWriterOptions Format = new()
    {
        Indented = true,
        // The text is a file, not part of a page: quotes and letters stay as they are.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes the report as indented JSON.</summary>
    public static void Write(Stream file, RunReport report)
    {
        using (var json = new Utf8JsonWriter(file, Format))
        {
            json.WriteStartObject();
            foreach (var (name, value) in Parts(report))
            {
                json.WritePropertyName(name);
                // What a thousand nodes make large is written as it goes.
                if (name == "preflight" && report.Preflight is { } preflight)
                    PreflightJson.Write(json, preflight);
                else if (value is null)
                    json.WriteNullValue();
                else
                    value.WriteTo(json);
            }

            json.WriteEndObject();
        }

        file.WriteByte((byte)'\n');
    }

    private static JsonObject Parts(RunReport report) => new()
    {
        ["version"] = RunReport.Version,
        ["run"] = report.Id,
        ["cluster"] = report.Cluster,
        ["verdict"] = report.Verdict.ToString().ToLowerInvariant(),
        ["sentence"] = ReportSentence.Verdict(report),
        ["nextStep"] = ReportSentence.NextStep(report),
        ["nextCommand"] = ReportSentence.NextCommand(report),
        ["asked"] = report.Outcome?.RequestedTargets,
        ["started"] = report.Started is { } started ? JsonValues.Time(started) : null,
        ["seconds"] = report.Duration is { } duration ? JsonValues.Seconds(duration.TotalSeconds) : null,
        ["exitCode"] = report.Outcome?.ExitCode,
        ["versions"] = JsonSerializer.SerializeToNode(report.Outcome?.Versions, Names),
        ["targets"] = JsonValues.Array(report.Outcome?.Targets ?? [], Target),
        ["failures"] = JsonSerializer.SerializeToNode(report.Outcome?.Failures ?? [], Names),
        ["nodes"] = JsonValues.Array(report.Nodes, Node),
        ["explanations"] = JsonSerializer.SerializeToNode(report.Explanations, Names),
        ["preflight"] = null,
        ["smoke"] = report.Smoke is null ? null : JsonNode.Parse(SmokeJson.Write(report.Smoke)),
        ["playbook"] = report.Timeline.IsEmpty ? null : Playbook(report.Timeline),
        ["commands"] = JsonValues.Array(report.Commands, command => JsonValue.Create(command)),
        ["notes"] = JsonValues.Array(report.Notes, note => JsonValue.Create(note)),
    };

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
