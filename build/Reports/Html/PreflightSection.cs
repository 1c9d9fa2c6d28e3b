using KubeLab.Preflight;

namespace KubeLab.Reports;

/// <summary>What the preflight found: failures and warnings, and folded what holds and what was skipped.</summary>
internal static class PreflightSection
{
    public static Markup Write(RunReport report)
    {
        if (report.Preflight is not { } preflight)
            return Markup.None;
        var open = preflight.Findings.Where(finding => finding.Status is FindingStatus.Failed or FindingStatus.Warning)
            .OrderByDescending(preflight.Fails).ThenByDescending(finding => finding.Status).ToList();
        var table = HtmlParts.Table(
            "Failures and warnings", ["", "Check", "Node", "Finding"], open.Select(finding => Row(preflight, finding)));
        Markup content = $"""
            {HtmlParts.If(open.Count > 0, table)}
            {Rest(preflight, FindingStatus.Passed)}
            {Rest(preflight, FindingStatus.Skipped)}
            """;
        return HtmlParts.Section(
            "preflight", preflight.IsPreflight ? "Preflight" : preflight.Target, content,
            $"{preflight.Summary}, in {ConsoleLog.Elapsed(preflight.Duration)}.");
    }

    private static Markup Row(PreflightReport report, Finding finding)
    {
        var remedy = HtmlParts.If(finding.Remedy is not null, $"<p class=\"quiet\">{finding.Remedy}</p>");
        var source = HtmlParts.If(finding.Source is not null, $"<p class=\"path\">{finding.Source?.ToString()}</p>");
        return $"<tr><td>{HtmlParts.Mark(report.Mark(finding))}</td><td><code>{finding.Check}</code></td>"
            + $"<td>{finding.Node ?? "the cluster"}</td><td><p>{finding.Message}</p>{remedy}{source}</td></tr>";
    }

    // A line a check: with a hundred nodes, a line each would be thousands.
    private static Markup Rest(PreflightReport report, FindingStatus status)
    {
        var found = report.Findings.Where(finding => finding.Status == status).ToList();
        var isSkipped = status == FindingStatus.Skipped;
        var checks = found.GroupBy(finding => (finding.Check, Why: isSkipped ? finding.Message : finding.Title)).ToList();
        if (checks.Count == 0)
            return Markup.None;
        string[] titles = ["Check", isSkipped ? "Why" : "What it looks at", "Nodes"];
        var table = HtmlParts.Table($"Checks that were {status.Mark.Words}", titles, checks.Select(CheckRow));
        return HtmlParts.Folded($"{found.Count} {status.Mark.Words}", table);
    }

    private static Markup CheckRow(IGrouping<(string Check, string Why), Finding> check) =>
        $"<tr><td><code>{check.Key.Check}</code></td><td>{check.Key.Why}</td>"
        + $"<td>{Nodes([.. check.Select(finding => finding.Node).OfType<string>()])}</td></tr>";

    private static string Nodes(IReadOnlyList<string> nodes) => nodes.Count switch
    {
        0 => "the cluster",
        <= 5 => string.Join(", ", nodes.Distinct()),
        _ => $"{nodes.Distinct().Count()} nodes",
    };
}
