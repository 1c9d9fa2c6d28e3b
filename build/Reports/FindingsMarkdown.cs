using KubeLab.Preflight;
using KubeLab.Smoke;
using KubeLab.Status;
using static KubeLab.Output.MarkdownText;

namespace KubeLab.Reports;

/// <summary>What checks found, as Markdown: what is wrong first, evidence folded.</summary>
public static class FindingsMarkdown
{
    // A step summary takes 1 MiB for all its parts together.
    private const int MostRows = 200;
    private const int MostEvidenceLines = 40;

    /// <summary>The section of a preflight.</summary>
    public static string Write(PreflightReport report)
    {
        var heading = $"{(report.IsPreflight ? "Preflight: " : "")}{Inline(report.Target)}";
        var text = new StringBuilder($"## {heading}\n\n{Verdict(report.Succeeded, report.Summary)}");
        var open = report.Findings.Where(finding => finding.Status >= FindingStatus.Warning)
            .OrderByDescending(finding => finding.Status).ToList();
        Append(text, ["", "check", "what", "required by", "what to do"], open, finding => [
            report.Mark(finding).Emoji, $"`{finding.Check}`",
            Inline(finding.Message), Inline($"{finding.Source}"), Inline(finding.Remedy ?? ""),
        ]);
        if (PreflightRow.All(report) is { Count: > 0 } nodes)
        {
            Append(text.Append('\n'), ["node", ":memory", ":required", "from", "other checks"], nodes, row => [
                Inline(row.Node), Inline(row.Memory.Observed?.Text ?? "?"), Inline(row.Memory.Required?.Text ?? "-"),
                Inline($"{row.Memory.Source}"), row.Others,
            ]);
        }

        // Skipped is not passed: what was not judged is there to be read, once a check.
        var skipped = report.Findings.Where(finding => finding.Status == FindingStatus.Skipped).GroupBy(finding => finding.Check);
        var checks = skipped.Select(check => new[] { $"`{check.Key}`", $"{check.Count()}", Inline(check.First().Message) })
            .ToList();
        if (checks.Count > 0)
            text.Append('\n').Append(Folded($"{report.Skipped} skipped", Table(["check", ":nodes", "why"], checks)));

        return text.ToString();
    }

    /// <summary>The section of a smoke test.</summary>
    public static string Write(SmokeReport report)
    {
        var text = new StringBuilder($"## Smoke test\n\n{Verdict(report.ExitCode == 0, report.Verdict)}");
        foreach (var result in report.Checks.Where(result => result.Failed))
        {
            text.Append($"### ❌ {result.Id}\n\n");
            foreach (var finding in result.Findings.Where(finding => finding.Status == FindingStatus.Failed))
                text.Append($"- {Inline($"{finding}")}\n");
            text.Append('\n');
            foreach (var evidence in result.Evidence)
                text.Append(Folded(evidence.Title, Fenced(Tail(evidence.Text), "text"))).Append('\n');
        }

        return text.Append(Table(["", "check", "result", ":time"], report.Checks.Select(result => new[]
        {
            result.Status.Mark.Emoji, $"`{result.Id}`", Inline(result.Sentence), ConsoleLog.Elapsed(result.Duration),
        }))).ToString();
    }

    /// <summary>The nodes' certificates.</summary>
    public static string Write(CertificateReport report)
    {
        var text = new StringBuilder("## Every certificate\n\n");
        Append(text, ["node", "file", ":days", "until", "issuer", "names", "used by"], report.Rows, row => [
            Inline(row.Node), Inline(row.Certificate.Place), $"{row.Certificate.DaysLeft(report.At)}",
            $"{row.Certificate.NotAfter:yyyy-MM-dd}", Inline(row.Certificate.Issuer),
            Inline(string.Join(", ", row.Certificate.Names)), Inline(row.Certificate.UsedBy),
        ]);
        return text.ToString();
    }

    /// <summary>The files that are not as the release would write them now.</summary>
    public static string Write(StatusReport report)
    {
        var text = new StringBuilder();
        foreach (var file in report.Files.Where(file => !file.IsMissing))
            text.Append(Folded($"{file.Node}: {file.Path} (- is there, + a Deploy would write)",
                Fenced(string.Join('\n', file.Lines), "diff"))).Append('\n');
        Append(text, ["node", "not compared", "why"], report.NotCompared,
            file => [Inline(file.Node), Inline(file.Path), Inline(file.Reason)]);
        return text.Length == 0 ? "" : $"## Files\n\n{text}";
    }

    private static string Verdict(bool isGood, string sentence) =>
        $"{(isGood ? Mark.Passed : Mark.Failed).Emoji} {Inline(sentence)}\n\n";

    private static string Tail(string text) =>
        string.Join('\n', text.TrimEnd().Split('\n').TakeLast(MostEvidenceLines).Select(line => line.TrimEnd('\r')));

    private static void Append<T>(
        StringBuilder text, IReadOnlyList<string> titles, IReadOnlyCollection<T> rows, Func<T, string[]> cells)
    {
        if (rows.Count > 0)
            text.Append(Table(titles, rows.Take(MostRows).Select(cells)));
        if (rows.Count > MostRows)
            text.Append($"\nand {rows.Count - MostRows} more; {PreflightReport.FileName} has all of them.\n");
    }
}
