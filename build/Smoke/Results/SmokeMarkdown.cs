using System.Text;

namespace KubeLab.Smoke;

/// <summary>Writes a report as Markdown for a page such as GitHub's step summary: failures first, evidence folded.</summary>
public static class SmokeMarkdown
{
    // A step summary takes 1 MiB for all its parts together.
    private const int EvidenceLines = 40;

    /// <summary>The report as Markdown.</summary>
    public static string Write(SmokeReport report)
    {
        var text = new StringBuilder();
        text.Append("## Smoke test\n\n").Append(report.ExitCode == 0 ? "✅ " : "❌ ").Append(MarkdownText.Inline(report.Verdict)).Append("\n\n");
        foreach (var result in report.Checks.Where(result => result.Failed))
            AppendFailure(text, result);
        text.Append("| | check | result | time |\n|---|---|---|---:|\n");
        foreach (var result in report.Checks)
            AppendRow(text, result);
        return text.ToString();
    }

    private static void AppendFailure(StringBuilder text, SmokeCheckResult result)
    {
        text.Append($"### ❌ {result.Check.Id}\n\n");
        foreach (var finding in result.Verdict.Findings.Where(finding => finding.Severity == SmokeSeverity.Failed))
            text.Append($"- {MarkdownText.Inline(finding.ToString())}\n");
        text.Append('\n');
        foreach (var evidence in result.Evidence)
            AppendEvidence(text, evidence);
    }

    private static void AppendEvidence(StringBuilder text, SmokeEvidence evidence)
    {
        var lines = evidence.Text.TrimEnd().Split('\n').TakeLast(EvidenceLines);
        var body = string.Join('\n', lines.Select(line => line.TrimEnd('\r')));
        text.Append($"<details><summary>{MarkdownText.Inline(evidence.Title)}</summary>\n\n{MarkdownText.Fenced(body, "text")}\n</details>\n\n");
    }

    private static void AppendRow(StringBuilder text, SmokeCheckResult result)
    {
        var mark = result.Verdict.Status switch { SmokeStatus.Passed => "✅", SmokeStatus.Failed => "❌", _ => "➖" };
        var words = result.Verdict.Status == SmokeStatus.Skipped ? $"skipped: {result.Verdict.Message}" : result.Verdict.Message;
        text.Append($"| {mark} | `{result.Check.Id}` | {MarkdownText.Inline(words)} | {ConsoleLog.Elapsed(result.Duration)} |\n");
    }
}
