namespace KubeLab.Reports;

/// <summary>The top of the page: how the run ended, and what to do next.</summary>
internal static class VerdictSection
{
    public static Markup Write(RunReport report) => $"""
        <header>
        <p class="origin">KubeLab <span aria-hidden="true">·</span> cluster <b>{report.Cluster}</b>
        <span aria-hidden="true">·</span> {report.Started?.UtcDateTime.ToString("d MMMM yyyy, HH:mm 'UTC'")}</p>
        <h1><span class="badge" aria-hidden="true">{report.Mark.Sign}</span><span>{ReportSentence.Verdict(report)}</span></h1>
        {Next(report)}
        {Markup.Join(report.Notes, note => $"<p class=\"note\">{note}</p>")}
        {HtmlParts.Facts("facts", Facts(report))}
        {Contents(report)}
        </header>
        """;

    private static Markup Next(RunReport report)
    {
        var step = ReportSentence.NextStep(report) is { } words ? HtmlParts.Paragraphs(words) : null;
        var command = ReportSentence.NextCommand(report) is { } line ? HtmlParts.Command(line) : null;
        return HtmlParts.If(
            step is not null || command is not null, $"<div class=\"next\"><h2>What to do next</h2>{step}{command}</div>");
    }

    private static IEnumerable<(string Name, string? Value)> Facts(RunReport report) => [
        ("Duration", report.Duration is { } duration ? ConsoleLog.Elapsed(duration) : null),
        ("Nodes", report.Nodes.Count == 0 ? null : $"{report.Nodes.Count}"),
        ("With problems", report.Nodes.Count(node => node.Problems.Count > 0) is > 0 and var bad ? $"{bad}" : null),
        ("Kubernetes", report.Outcome?.Versions?.Kubernetes),
        ("Distribution", report.Outcome?.Versions?.Distribution ?? report.Preflight?.Distribution),
        ("Exit code", report.Outcome is null ? null : $"{report.Outcome.ExitCode}"),
    ];

    private static Markup Contents(RunReport report)
    {
        (bool Is, string Id, string Name)[] sections = [
            (report.Explanations.Count > 0 || report.Outcome is { Failures.Count: > 0 }, "cause", "What went wrong"),
            (report.Nodes.Count > 0, "cluster", "Cluster"),
            (report.Nodes.Any(node => node.Memory is not null), "memory", "Memory"),
            (report.Outcome is { Targets.Count: > 0 } || !report.Timeline.IsEmpty, "time", "Time"),
            (report.Nodes.Any(node => node.Recap is not null), "recap", "Recap"),
            (report.Status is { } status && status.Files.Count + status.NotCompared.Count > 0, "status", "Files"),
            (report.Preflight is not null, "preflight",
                report.Preflight is { IsPreflight: false, Target: var target } ? target : "Preflight"),
            (report.Smoke is not null, "smoke", "Smoke test"),
            (true, "details", "Versions and commands"),
        ];
        var links = Markup.Join(sections.Where(each => each.Is), each => $"<li><a href=\"#{each.Id}\">{each.Name}</a></li>");
        return $"""<nav aria-label="Sections"><ul>{links}</ul></nav>""";
    }
}
