using KubeLab.Smoke;

namespace KubeLab.Reports;

/// <summary>What the smoke test found, check by check, and the evidence of what failed.</summary>
internal static class SmokeSection
{
    public static Markup Write(RunReport report)
    {
        if (report.Smoke is not { } smoke)
            return Markup.None;
        var rows = smoke.Checks.OrderByDescending(result => result.Failed).Select(Row);
        var table = HtmlParts.Table("Checks of the smoke test", ["", "Check", "What was seen", ":Time"], rows);
        Markup content = $"{Markup.Join(smoke.Checks.Where(result => result.Failed), Failure)}{table}";
        return HtmlParts.Section(
            "smoke", "Smoke test", content, $"{smoke.Verdict} It took {ConsoleLog.Elapsed(smoke.Duration)}.");
    }

    private static Markup Failure(SmokeCheckResult result) => $"""
        <article class="card bad"><h3>{result.Title}: no</h3>
        <ul>{Markup.Join(Findings(result, FindingStatus.Failed), finding => $"<li>{finding}</li>")}</ul>
        {Markup.Join(result.Evidence, each => HtmlParts.Folded(each.Title, $"<pre tabindex=\"0\">{each.Text}</pre>"))}
        </article>
        """;

    private static Markup Row(SmokeCheckResult result)
    {
        var warnings = Markup.Join(Findings(result, FindingStatus.Warning), warning => $"<p class=\"warning\">{warning}</p>");
        return $"<tr><td>{HtmlParts.Mark(result.Status.Mark)}</td><td><code>{result.Id}</code></td>"
            + $"<td><p>{result.Title}</p><p class=\"quiet\">{result.Message}</p>{warnings}</td>"
            + $"<td class=\"num\">{ConsoleLog.Elapsed(result.Duration)}</td></tr>";
    }

    private static IEnumerable<string> Findings(SmokeCheckResult result, FindingStatus status) =>
        result.Findings.Where(finding => finding.Status == status).Select(finding => finding.ToString());
}
