using System.Text;

namespace KubeLab.Preflight;

/// <summary>Writes a report as Markdown for a page such as GitHub's step summary: what is wrong first, then a line a node.</summary>
public static class PreflightMarkdown
{
    // A step summary takes 1 MiB for all its parts together.
    private const int MaxRows = 200;

    /// <summary>The report as Markdown.</summary>
    public static string Write(PreflightReport report)
    {
        var text = new StringBuilder();
        text.Append($"## Preflight: {MarkdownText.Inline(report.Target)}\n\n{(report.Succeeded ? "✅" : "❌")} {MarkdownText.Inline(report.Summary)}\n\n");
        AppendFindings(text, report);
        AppendNodes(text, report);
        AppendSkipped(text, report);
        return text.ToString();
    }

    private static void AppendFindings(StringBuilder text, PreflightReport report)
    {
        var findings = report.Findings.Where(finding => finding.Status is FindingStatus.Fail or FindingStatus.Warn).OrderByDescending(finding => finding.Status).ToList();
        if (findings.Count == 0)
            return;
        text.Append("| | check | what | required by | what to do |\n|---|---|---|---|---|\n");
        foreach (var finding in findings.Take(MaxRows))
        {
            text.Append($"| {(report.Fails(finding) ? "❌" : "⚠️")} | `{finding.Rule}` | {MarkdownText.Inline(finding.Message)} | ")
                .Append($"{MarkdownText.Inline(finding.Source ?? "")} | {MarkdownText.Inline(finding.Remedy ?? "")} |\n");
        }

        AppendRest(text, findings.Count);
    }

    private static void AppendNodes(StringBuilder text, PreflightReport report)
    {
        var rows = PreflightRow.All(report);
        if (rows.Count == 0)
            return;
        text.Append("\n| node | memory | required | from | other checks |\n|---|---:|---:|---|---|\n");
        foreach (var row in rows.Take(MaxRows))
        {
            text.Append($"| {MarkdownText.Inline(row.Node)} | {MarkdownText.Inline(row.Memory.Observed ?? "?")} | {MarkdownText.Inline(row.Memory.Required ?? "-")} | ")
                .Append($"{MarkdownText.Inline(row.Memory.Source ?? "")} | {row.Others} |\n");
        }

        AppendRest(text, rows.Count);
    }

    // Skipped is not passed: what was not judged is there to be read, once a check.
    private static void AppendSkipped(StringBuilder text, PreflightReport report)
    {
        var skipped = report.Findings.Where(finding => finding.Status == FindingStatus.Skipped).GroupBy(finding => finding.Rule, StringComparer.Ordinal).ToList();
        if (skipped.Count == 0)
            return;
        text.Append($"\n<details><summary>{report.Count(FindingStatus.Skipped)} skipped</summary>\n\n| check | nodes | why |\n|---|---:|---|\n");
        foreach (var check in skipped)
            text.Append($"| `{check.Key}` | {check.Count()} | {MarkdownText.Inline(check.First().Message)} |\n");
        text.Append("\n</details>\n");
    }

    private static void AppendRest(StringBuilder text, int count)
    {
        if (count > MaxRows)
            text.Append($"\nand {count - MaxRows} more; preflight.json has all of them.\n");
    }
}
