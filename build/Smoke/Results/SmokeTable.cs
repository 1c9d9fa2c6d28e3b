using Spectre.Console;
using Spectre.Console.Rendering;

namespace KubeLab.Smoke;

/// <summary>Shows a report to a person: a line a check, and below it what failed, with the end of its evidence.</summary>
public sealed class SmokeTable(ConsoleLog log)
{
    private const int MaxWidth = 100;
    private const int EvidenceShown = 3;
    private const int EvidenceLines = 12;

    /// <summary>Shows the whole report.</summary>
    public void Show(SmokeReport report)
    {
        log.Render(Table(report));
        foreach (var result in report.Checks)
            ShowFindings(result);
        if (report.ExitCode == 0)
            log.Done(report.Verdict);
        else
            log.Failure(report.Verdict);
    }

    private static Table Table(SmokeReport report)
    {
        var table = new Table { Border = TableBorder.None, ShowHeaders = true, Width = MaxWidth };
        table.AddColumn(new TableColumn("").NoWrap().Width(1));
        table.AddColumn(new TableColumn("check").NoWrap().PadRight(2));
        table.AddColumn(new TableColumn("result"));
        table.AddColumn(new TableColumn("time").NoWrap().RightAligned());
        foreach (var result in report.Checks)
            table.AddRow(Row(result));
        return table;
    }

    private static IRenderable[] Row(SmokeCheckResult result)
    {
        var (mark, style) = result.Verdict.Status switch
        {
            SmokeStatus.Passed => ("✓", new Style(Color.Green)),
            SmokeStatus.Failed => ("✗", new Style(Color.Red)),
            _ => ("-", new Style(Color.Grey)),
        };
        var words = result.Verdict.Status == SmokeStatus.Skipped ? $"skipped: {result.Verdict.Message}" : result.Verdict.Message;
        return
        [
            new Text(mark, style),
            new Text(result.Check.Id, style),
            new Text(PlainText.Of(words), result.Verdict.Status == SmokeStatus.Passed ? Style.Plain : style),
            new Text(ConsoleLog.Elapsed(result.Duration), new Style(Color.Grey)),
        ];
    }

    private void ShowFindings(SmokeCheckResult result)
    {
        foreach (var warning in Of(result, SmokeSeverity.Warning))
            log.Warning($"{result.Check.Id}: {warning}");
        if (!result.Failed)
            return;

        log.Failure($"{result.Check.Id}: {result.Check.Title}: no.");
        foreach (var finding in Of(result, SmokeSeverity.Failed))
            log.Info($"    {finding}");
        foreach (var evidence in result.Evidence.Take(EvidenceShown))
            ShowEvidence(evidence);
    }

    private void ShowEvidence(SmokeEvidence evidence)
    {
        log.Detail($"    {evidence.Title}");
        foreach (var line in evidence.Text.TrimEnd().Split('\n').TakeLast(EvidenceLines))
            log.Detail($"    | {line.TrimEnd('\r')}");
    }

    private static IEnumerable<SmokeFinding> Of(SmokeCheckResult result, SmokeSeverity severity) =>
        result.Verdict.Findings.Where(finding => finding.Severity == severity);
}
