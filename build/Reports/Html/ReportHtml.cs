using System.Reflection;

namespace KubeLab.Reports;

/// <summary>Writes a report as one HTML file that asks for nothing else: styles and script are in it, and its content security
/// policy forbids every request. Without the script only the zoom, the filter and the list of all tasks are missing.</summary>
internal static class ReportHtml
{
    private static readonly string Styles = Resource.Text("Reports/report.css");
    private static readonly string Script = Resource.Text("Reports/report.js");

    public static string Write(RunReport report)
    {
        Markup policy = $"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{Hash(Script)}'; "
            + $"base-uri 'none'; form-action 'none'";
        Markup page = $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta http-equiv="Content-Security-Policy" content="{policy}">
            <title>{report.Cluster}: {report.Asked} {report.Verdict.ToString().ToLowerInvariant()}</title>
            <style>{Markup.Trusted(Styles)}</style>
            </head>
            <body class="{report.Verdict.ToString().ToLowerInvariant()}">
            <a class="skip-link" href="#content">Skip to the report</a>
            {VerdictSection.Write(report)}
            <main id="content">
            {ExplanationSection.Write(report)}
            {NodesSection.Write(report)}
            {MemorySection.Write(report)}
            {TimeSection.Write(report)}
            {RecapSection.Write(report)}
            {PlanSection.Write(report)}
            {StatusSection.Write(report)}
            {CertificatesSection.Write(report)}
            {PreflightSection.Write(report)}
            {SmokeSection.Write(report)}
            {DetailsSection.Write(report)}
            </main>
            <footer><p>Written by KubeLab {report.Outcome?.Versions?.KubeLab} from the record <code>{report.Id}</code>
            of the cluster {report.Cluster}. Times are UTC.</p></footer>
            <script type="application/json" id="timeline-data">{Markup.Trusted(TimelineData.Write(report.Timeline))}</script>
            <script>{Markup.Trusted(Script)}</script>
            </body>
            </html>

            """;
        return page.ToString();
    }

    private static string Hash(string script) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script)));
}
