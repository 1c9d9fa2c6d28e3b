using KubeLab.Ansible;

namespace KubeLab.Reports;

/// <summary>Ansible's recap, with how long each node worked and waited.</summary>
internal static class RecapSection
{
    public static Markup Write(RunReport report)
    {
        var nodes = report.Nodes.Where(node => node.Recap is not null)
            .OrderByDescending(node => node.Recap!.Failed + node.Recap.Unreachable).ToList();
        if (nodes.Count == 0)
            return Markup.None;
        string[] titles =
            ["Node", ":ok", ":changed", ":unreachable", ":failed", ":skipped", ":rescued", ":ignored", ":worked", ":waited"];
        var rows = nodes.Select(node => Row(node, report.Timeline.Seconds));
        return HtmlParts.Section("recap", "Recap", HtmlParts.Table("Counts by node", titles, rows));
    }

    private static Markup Row(ReportNode node, double seconds)
    {
        var recap = node.Recap!;
        return $"<tr><th scope=\"row\">{node.Name}</th>{Number(recap.Ok)}{Number(recap.Changed)}"
            + $"{Number(recap.Unreachable, "bad")}{Number(recap.Failed, "bad")}"
            + $"{Number(recap.Skipped)}{Number(recap.Rescued)}{Number(recap.Ignored)}"
            + $"<td class=\"num\">{HtmlParts.Elapsed(node.BusySeconds)}</td>"
            + $"<td class=\"num\">{HtmlParts.Elapsed(Math.Max(0, seconds - node.BusySeconds))}</td></tr>";
    }

    private static Markup Number(int count, string kind = "") => $"<td class=\"num {(count == 0 ? "zero" : kind)}\">{count}</td>";
}
