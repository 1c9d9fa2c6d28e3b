using KubeLab.Lifecycle;

namespace KubeLab.Reports;

/// <summary>The steps of an upgrade that was planned, each with what is to be seen to before it and its command.</summary>
internal static class PlanSection
{
    public static Markup Write(RunReport report)
    {
        if (report.Plan is not { } plan)
            return Markup.None;
        var table = HtmlParts.Table("Steps", [":Step", "Release", "What to see to, and the command"], plan.Steps.Select(Row));
        var time = plan.Duration is { } duration ? $" About {ConsoleLog.Elapsed(duration)} of playbooks." : "";
        return HtmlParts.Section("plan", "Upgrade plan", table, $"{plan.From} to {plan.To}: {plan.Steps.Count} steps.{time}");
    }

    private static Markup Row(UpgradeStep step)
    {
        var findings = Markup.Join(step.Findings, finding =>
            $"<li>{HtmlParts.Mark(finding.Status.Mark)} {finding.ToString()} <span class=\"quiet\">{finding.Remedy}</span></li>");
        return $"<tr><td class=\"num\">{step.Number}</td><td>{step.Summary}</td>"
            + $"<td><ul>{findings}</ul>{HtmlParts.Command(step.Command)}<p class=\"quiet\">{step.After}</p></td></tr>";
    }
}
