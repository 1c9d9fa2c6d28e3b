namespace KubeLab.Reports;

/// <summary>Writes a report as JSON; <c>docs/report.schema.json</c> describes it.</summary>
public static class ReportJson
{
    /// <summary>Writes the report.</summary>
    public static void Write(Stream file, RunReport report) => RecordJson.Write(file, new
    {
        RunReport.Version,
        Run = report.Id,
        report.Cluster,
        report.Verdict,
        Sentence = ReportSentence.Verdict(report),
        NextStep = ReportSentence.NextStep(report),
        NextCommand = ReportSentence.NextCommand(report),
        Asked = report.Outcome?.RequestedTargets,
        report.Started,
        Seconds = report.Duration,
        report.Outcome?.ExitCode,
        report.Outcome?.Versions,
        Targets = report.Outcome?.Targets ?? [],
        Failures = report.Outcome?.Failures ?? [],
        report.Nodes,
        report.Explanations,
        report.Preflight,
        report.Smoke,
        report.Certificates,
        Status = report.Status,
        UpgradePlan = report.Plan,
        Playbook = report.Timeline.IsEmpty ? null : Playbook(report.Timeline),
        report.Commands,
        report.Notes,
    });

    private static object Playbook(Timeline timeline) => new
    {
        Started = timeline.Start,
        timeline.Seconds,
        Plays = timeline.Plays.Select(play => new { play.Name, play.Start, Seconds = play.End - play.Start }),
        Roles = timeline.Roles().Select(role => new { role.Name, role.Seconds, role.Tasks }),
        Tasks = timeline.Tasks.Select(task => new { task.Name, task.Role, task.Path, task.Play, task.Start, task.Seconds }),
    };
}
