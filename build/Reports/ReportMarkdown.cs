using KubeLab.Diagnosis;
using KubeLab.Preflight;
using KubeLab.Records;
using KubeLab.Smoke;

namespace KubeLab.Reports;

/// <summary>Writes a report as Markdown for a page such as GitHub's step summary: the verdict and the failures first.</summary>
public static class ReportMarkdown
{
    /// <summary>A step summary takes 1 MiB; what is longer is refused as a whole.</summary>
    public static int LimitBytes => 1024 * 1024;

    private const int Slowest = 10;

    /// <summary>The report as Markdown, shorter than <see cref="LimitBytes"/> in UTF-8.</summary>
    public static string Write(RunReport report)
    {
        var text = new StringBuilder();
        AppendVerdict(text, report);
        foreach (var explanation in report.Explanations)
            AppendExplanation(text, explanation);
        // Explained failures say it better than the target's own words.
        if (report.Explanations.Count == 0)
            AppendFailures(text, report);
        foreach (var section in Sections(report))
            text.Append(section.TrimEnd()).Append("\n\n");
        AppendTargets(text, report);
        AppendSlowest(text, report);
        return Fitted(text.ToString());
    }

    // What failed comes first: a smoke test that failed before a preflight that passed.
    private static IEnumerable<string> Sections(RunReport report)
    {
        List<(bool Failed, string Text)> sections = [];
        if (report.Preflight is { } preflight)
            sections.Add((!preflight.Succeeded, FindingsMarkdown.Write(preflight)));
        if (report.Smoke is { } smoke)
            sections.Add((smoke.ExitCode != 0, FindingsMarkdown.Write(smoke)));
        if (report.Certificates is { } certificates)
            sections.Add((false, FindingsMarkdown.Write(certificates)));
        if (report.Status is { } status)
            sections.Add((false, FindingsMarkdown.Write(status)));
        if (report.Plan is { } plan)
            sections.Add((false, plan.Checklist()));
        return sections.OrderByDescending(section => section.Failed).Select(section => section.Text);
    }

    private static void AppendVerdict(StringBuilder text, RunReport report)
    {
        text.Append($"# {report.Mark.Emoji} {MarkdownText.Inline(ReportSentence.Verdict(report))}\n\n");
        if (ReportSentence.NextStep(report) is { } next)
            text.Append($"**What to do next:** {MarkdownText.Inline(next)}\n\n");
        if (ReportSentence.NextCommand(report) is { } command)
            text.Append(MarkdownText.Fenced(command, "sh")).Append('\n');
        foreach (var note in report.Notes)
            text.Append($"⚠️ {MarkdownText.Inline(note)}\n\n");
    }

    private static void AppendExplanation(StringBuilder text, Explanation explanation)
    {
        var nodes = explanation.Nodes.Count == 0
            ? ""
            : $" ({MarkdownText.Inline(string.Join(", ", explanation.Nodes.Take(10)))})";
        text.Append($"### ❌ {MarkdownText.Inline(explanation.Title)}{nodes}\n\n{MarkdownText.Inline(explanation.Meaning)}\n\n");
        text.Append($"Sure: {MarkdownText.Inline(explanation.CertaintyInWords)}\n\n");
        if (explanation.Task is not null)
            text.Append($"Task: {MarkdownText.Inline(explanation.Task)} {MarkdownText.Inline(explanation.TaskFile ?? "")}\n\n");
        text.Append($"{MarkdownText.Inline(explanation.Remedy)}\n\n");
        foreach (var other in explanation.Or)
            text.Append($"Or: {MarkdownText.Inline(other.Title)}. {MarkdownText.Inline(other.Remedy)}\n\n");
        if (explanation.Evidence.Length > 0)
            text.Append(MarkdownText.Folded("What was said", MarkdownText.Fenced(explanation.Evidence, "text"))).Append('\n');
    }

    private static void AppendFailures(StringBuilder text, RunReport report)
    {
        foreach (var failure in report.Outcome?.Failures ?? [])
            text.Append(
                $"### ❌ {MarkdownText.Inline(failure.Target)} failed\n\n{MarkdownText.Fenced($"{failure.Message}\n{failure.Remedy}", "text")}\n");
    }

    private static void AppendTargets(StringBuilder text, RunReport report)
    {
        if (report.Outcome is not { Targets.Count: > 0 } outcome)
            return;
        text.Append("## Targets\n\n");
        text.Append(MarkdownText.Table(["", "target", ":time", ""], outcome.Targets.Select(target => new[]
        {
            target.Mark.Emoji, MarkdownText.Inline(target.Name), ConsoleLog.Elapsed(TimeSpan.FromSeconds(target.Seconds)),
            MarkdownText.Inline(target.Note ?? target.Status),
        }))).Append('\n');
    }

    private static void AppendSlowest(StringBuilder text, RunReport report)
    {
        if (report.Timeline.IsEmpty)
            return;
        text.Append(MarkdownText.Folded("Slowest tasks", MarkdownText.Table(
            [":time", "task"], report.Timeline.SlowestTasks(Slowest).Select(task =>
                new[] { ConsoleLog.Elapsed(TimeSpan.FromSeconds(task.Seconds)), MarkdownText.Inline(task.FullName) }))));
    }

    // The failures stand first, so that what is cut is the least of it.
    private static string Fitted(string text)
    {
        const string Rest = "\n\n_The rest is in the record's report.html: a summary takes 1 MiB._\n";
        var room = LimitBytes - 1 - Encoding.UTF8.GetByteCount(Rest);
        if (Encoding.UTF8.GetByteCount(text) < LimitBytes)
            return text;
        var cut = text.Length;
        while (Encoding.UTF8.GetByteCount(text.AsSpan(0, cut)) > room)
            cut -= Math.Max(1, (Encoding.UTF8.GetByteCount(text.AsSpan(0, cut)) - room) / 4);
        return text[..text.LastIndexOf('\n', cut - 1)] + Rest;
    }
}
