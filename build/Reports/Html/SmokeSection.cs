using KubeLab.Smoke;

namespace KubeLab.Reports;

/// <summary>What the smoke test found, check by check, and the evidence of what failed.</summary>
internal static class SmokeSection
{
    public static Markup Write(RunReport report)
    {
        if (report.Smoke is not { } smoke)
            return Markup.None;
        var failed = smoke.Checks.Where(result => result.Failed).Select(Failure);
        Markup head = $"<th scope=\"col\"><span class=\"hidden\">Result</span></th><th scope=\"col\">Check</th><th scope=\"col\">What was seen</th><th scope=\"col\" class=\"num\">Time</th>";
        Markup content = $"{Markup.Join(failed)}{HtmlParts.Table("Checks of the smoke test", head, smoke.Checks.OrderByDescending(result => result.Failed).Select(Row))}";
        return HtmlParts.Section(
            "smoke", "Smoke test", content, $"{smoke.Verdict} It took {ConsoleLog.Elapsed(smoke.Duration)}.");
    }

    private static Markup Failure(SmokeCheckResult result) => $"""
        <article class="card bad"><h3>{result.Title}: no</h3>
        <ul>{Markup.Join(result.Findings.Where(finding => finding.Status == FindingStatus.Failed).Select(finding => HtmlParts.Of($"<li>{finding.ToString()}</li>")))}</ul>
        {Markup.Join(result.Evidence.Select(evidence => HtmlParts.Folded(evidence.Title, $"<pre tabindex=\"0\">{evidence.Text}</pre>")))}
        </article>
        """;

    private static Markup Row(SmokeCheckResult result)
    {
        var warnings = result.Findings.Where(finding => finding.Status == FindingStatus.Warning).ToList();
        return $"""
            <tr><td>{HtmlParts.Mark(result.Status.Mark)}</td><td><code>{result.Id}</code></td><td><p>{result.Title}</p><p class="quiet">{result.Message}</p>{Markup.Join(warnings.Select(warning => HtmlParts.Of($"<p class=\"warning\">{warning.ToString()}</p>")))}</td><td class="num">{ConsoleLog.Elapsed(result.Duration)}</td></tr>
            """;
    }
}
