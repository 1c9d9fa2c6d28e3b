using KubeLab.Records;

namespace KubeLab.Reports;

/// <summary>Where the time went: by target, by node, by task and by role.</summary>
internal static class TimeSection
{
    private const int Slowest = 15;

    public static Markup Write(RunReport report)
    {
        var targets = (report.Outcome?.Targets ?? []).Where(target => target.Seconds > 0 || target.Status != "not run").ToList();
        if (targets.Count == 0 && report.Timeline.IsEmpty)
            return Markup.None;
        Markup content = $"""
            {(targets.Count == 0 ? Markup.None : Targets(targets))}
            {(report.Timeline.IsEmpty ? Markup.None : Playbook(report.Timeline))}
            """;
        return HtmlParts.Section("time", "Time", content);
    }

    private static Markup Targets(IReadOnlyList<TargetOutcome> targets)
    {
        var longest = Math.Max(0.001, targets.Max(target => target.Seconds));
        var bars = Markup.Join(targets, target => Target(target, longest));
        return $"<h3>By target</h3><ul class=\"bars targets\">{bars}</ul>";
    }

    private static Markup Target(TargetOutcome target, double longest)
    {
        var isDone = target.Mark != Mark.Skipped;
        var kind = isDone ? target.Mark.Name : target.Status.Replace(' ', '-');
        var width = 100 * target.Seconds / longest;
        var time = target.Started is null ? target.Status : HtmlParts.Elapsed(target.Seconds);
        return $"""
            <li class="{kind}"><span class="who">{HtmlParts.Mark(target.Mark, isDone ? null : target.Status)} {target.Name}</span>
            <span class="track" aria-hidden="true"><span class="fill" style="width:{width}%"></span></span>
            <span class="figure">{time}</span><span class="source">{target.Note}</span></li>
            """;
    }

    private static Markup Playbook(Timeline timeline)
    {
        var tasks = HtmlParts.Table("Slowest tasks", ["Task", ":Time"], timeline.SlowestTasks(Slowest).Select(TaskRow));
        var roles = HtmlParts.Table("Slowest roles", ["Role", ":Tasks", ":Time"], timeline.Roles().Take(Slowest).Select(RoleRow));
        return $"""
            <h3>By node</h3>
            {TimelineSection.Write(timeline)}
            <div class="columns">
            <div><h3>Slowest tasks</h3>{tasks}</div>
            <div><h3>Slowest roles</h3>{roles}</div>
            </div>
            """;
    }

    private static Markup TaskRow(TimelineTask task) =>
        $"<tr><td><span class=\"task\">{task.FullName}</span><span class=\"path\">{task.Path}</span></td>"
        + $"<td class=\"num\">{HtmlParts.Elapsed(task.Seconds)}</td></tr>";

    private static Markup RoleRow((string Name, double Seconds, int Tasks) role) =>
        $"<tr><td>{role.Name}</td><td class=\"num\">{role.Tasks}</td>"
        + $"<td class=\"num\">{HtmlParts.Elapsed(role.Seconds)}</td></tr>";
}
