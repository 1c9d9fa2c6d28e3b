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
        return $"<h3>By target</h3><ul class=\"bars targets\">{Markup.Join(targets.Select(target => Target(target, longest)))}</ul>";
    }

    private static Markup Target(TargetOutcome target, double longest)
    {
        var isDone = target.Mark != Mark.Skipped;
        return $"""
            <li class="{(isDone ? target.Mark.Name : target.Status.Replace(' ', '-'))}"><span class="who">{HtmlParts.Mark(target.Mark, isDone ? null : target.Status)} {target.Name}</span>
            <span class="track" aria-hidden="true"><span class="fill" style="width:{100 * target.Seconds / longest}%"></span></span>
            <span class="figure">{(target.Started is null ? target.Status : HtmlParts.Elapsed(target.Seconds))}</span><span class="source">{target.Note}</span></li>
            """;
    }

    private static Markup Playbook(Timeline timeline) => $"""
        <h3>By node</h3>
        {TimelineSection.Write(timeline)}
        <div class="columns">
        <div><h3>Slowest tasks</h3>{HtmlParts.Table("Slowest tasks", $"<th scope=\"col\">Task</th><th scope=\"col\" class=\"num\">Time</th>", timeline.SlowestTasks(Slowest).Select(Row))}</div>
        <div><h3>Slowest roles</h3>{HtmlParts.Table("Slowest roles", $"<th scope=\"col\">Role</th><th scope=\"col\" class=\"num\">Tasks</th><th scope=\"col\" class=\"num\">Time</th>", timeline.Roles().Take(Slowest).Select(role => HtmlParts.Of($"<tr><td>{role.Name}</td><td class=\"num\">{role.Tasks}</td><td class=\"num\">{HtmlParts.Elapsed(role.Seconds)}</td></tr>")))}</div>
        </div>
        """;

    private static Markup Row(TimelineTask task) =>
        $"<tr><td><span class=\"task\">{task.FullName}</span><span class=\"path\">{task.Path}</span></td><td class=\"num\">{HtmlParts.Elapsed(task.Seconds)}</td></tr>";
}
