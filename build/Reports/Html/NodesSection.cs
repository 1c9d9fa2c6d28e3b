namespace KubeLab.Reports;

/// <summary>The cluster as a picture: a lane for each set of roles, a card for each node.</summary>
internal static class NodesSection
{
    private const int MostProblems = 3;

    public static Markup Write(RunReport report)
    {
        if (report.Nodes.Count == 0)
            return Markup.None;
        var lanes = report.Nodes.GroupBy(node => string.Join(" + ", node.Roles)).OrderBy(Rank).Select(Lane);
        return HtmlParts.Section("cluster", "Cluster", $"<div class=\"lanes\">{Markup.Join(lanes)}</div>", Lead(report));
    }

    private static string Lead(RunReport report)
    {
        var bad = report.Nodes.Count(node => node.Problems.Count > 0);
        return bad == 0
            ? $"{report.Nodes.Count} nodes, and nothing is known to be wrong with any."
            : $"Something is wrong with {bad} of {report.Nodes.Count} nodes.";
    }

    private static int Rank(IGrouping<string, ReportNode> lane) =>
        lane.Key.StartsWith("control", StringComparison.Ordinal) ? 0
        : lane.Key.StartsWith("etcd", StringComparison.Ordinal) ? 1
        : 2;

    private static Markup Lane(IGrouping<string, ReportNode> lane)
    {
        var name = lane.Key.Length == 0 ? "Nodes" : char.ToUpperInvariant(lane.Key[0]) + lane.Key[1..];
        return $"""
            <div class="lane"><h3>{name} <span class="count">{lane.Count()}</span></h3>
            {Runs(lane.First())}
            <ul class="nodes">{Markup.Join(lane.OrderByDescending(node => node.Problems.Count > 0), Card)}</ul></div>
            """;
    }

    private static Markup Runs(ReportNode node) => HtmlParts.If(
        node.Runs.Count > 0,
        $"<p class=\"runs\">{Markup.Join(node.Runs, part => $"<span class=\"chip\">{part}</span> ")}</p>");

    private static Markup Card(ReportNode node)
    {
        var kind = node.Problems.Count > 0 ? "bad" : node.Warnings.Count > 0 ? "odd" : "good";
        var address = node.Address == node.Name ? "" : node.Address;
        return $"<li class=\"node {kind}\"><p class=\"name\">{HtmlParts.Mark(node.Mark)} <b>{node.Name}</b></p>"
            + $"<p class=\"address\">{address}</p>{List(node.Problems, "problems")}{List(node.Warnings, "warnings")}</li>";
    }

    private static Markup List(IReadOnlyList<string> items, string kind)
    {
        if (items.Count == 0)
            return Markup.None;
        if (kind == "warnings")
            return HtmlParts.Folded(items.Count == 1 ? "1 warning" : $"{items.Count} warnings", Items(items, kind));
        var rest = items.Count > MostProblems
            ? HtmlParts.Folded($"{items.Count - MostProblems} more", Items([.. items.Skip(MostProblems)], kind))
            : Markup.None;
        return $"{Items([.. items.Take(MostProblems)], kind)}{rest}";
    }

    private static Markup Items(IReadOnlyList<string> items, string kind) =>
        $"<ul class=\"{kind}\">{Markup.Join(items, item => $"<li>{item}</li>")}</ul>";
}
