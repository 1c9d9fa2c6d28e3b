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
        Markup head = $"<th scope=\"col\"><span class=\"hidden\">Result</span></th><th scope=\"col\">Check</th><th scope=\"col\">Node</th><th scope=\"col\">Finding</th>";
        Markup content = $"""
            {(open.Count == 0 ? Markup.None : HtmlParts.Table("Failures and warnings", head, open.Select(finding => Row(preflight, finding))))}
            {Rest(preflight, FindingStatus.Passed)}
            {Rest(preflight, FindingStatus.Skipped)}
            """;
        return HtmlParts.Section(
            "preflight", "Preflight", content, $"{preflight.Summary}, in {ConsoleLog.Elapsed(preflight.Duration)}.");
    }

    private static Markup Row(PreflightReport report, Finding finding) => $"""
        <tr><td>{HtmlParts.Mark(report.Mark(finding))}</td><td><code>{finding.Check}</code></td><td>{finding.Node ?? "the cluster"}</td><td><p>{finding.Message}</p>{(finding.Remedy is null ? Markup.None : HtmlParts.Of($"<p class=\"quiet\">{finding.Remedy}</p>"))}{(finding.Source is null ? Markup.None : HtmlParts.Of($"<p class=\"path\">{finding.Source.ToString()}</p>"))}</td></tr>
        """;

    // A line a check: with a hundred nodes, a line each would be thousands.
    private static Markup Rest(PreflightReport report, FindingStatus status)
    {
        var found = report.Findings.Where(finding => finding.Status == status).ToList();
        var checks = found.GroupBy(finding => (finding.Check, Why: status == FindingStatus.Skipped ? finding.Message : finding.Title)).ToList();
        if (checks.Count == 0)
            return Markup.None;
        Markup head = $"<th scope=\"col\">Check</th><th scope=\"col\">{(status == FindingStatus.Skipped ? "Why" : "What it looks at")}</th><th scope=\"col\">Nodes</th>";
        return HtmlParts.Folded($"{found.Count} {status.Mark.Words}", HtmlParts.Table($"Checks that were {status.Mark.Words}", head, checks.Select(check => HtmlParts.Of(
            $"<tr><td><code>{check.Key.Check}</code></td><td>{check.Key.Why}</td><td>{Nodes([.. check.Select(finding => finding.Node).OfType<string>()])}</td></tr>"))));
    }

    private static string Nodes(IReadOnlyList<string> nodes) => nodes.Count switch
    {
        0 => "the cluster",
        <= 5 => string.Join(", ", nodes.Distinct()),
        _ => $"{nodes.Distinct().Count()} nodes",
    };
}
