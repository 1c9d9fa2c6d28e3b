namespace KubeLab.Smoke;

/// <summary>Shows a report to a person: a line a check, and below it what failed, with the end of its evidence.</summary>
public sealed class SmokeTable(ConsoleLog log)
{
    private const int EvidenceShown = 3;
    private const int EvidenceLines = 12;

    /// <summary>Shows the whole report.</summary>
    public void Show(SmokeReport report)
    {
        var table = new ConsoleTable().Marks().Names("check").Wide("result").Figures("time").InFull();
        foreach (var result in report.Checks)
        {
            var mark = result.Status.Mark;
            var sentence = new ConsoleCell(result.Sentence, mark == Mark.Passed ? null : mark.Colour);
            table.Row(
                mark, new ConsoleCell(result.Id, mark.Colour), sentence,
                new ConsoleCell(ConsoleLog.Elapsed(result.Duration), "grey"));
        }

        table.Show(log);
        foreach (var result in report.Checks)
            ShowFindings(result);
        log.Say(report.ExitCode == 0 ? Mark.Passed : Mark.Failed, report.Verdict);
    }

    private void ShowFindings(SmokeCheckResult result)
    {
        foreach (var warning in Of(result, FindingStatus.Warning))
            log.Warning($"{result.Id}: {warning}");
        if (!result.Failed)
            return;

        log.Failure($"{result.Id}: {result.Title}: no.");
        foreach (var finding in Of(result, FindingStatus.Failed))
            log.Info($"    {finding}");
        foreach (var evidence in result.Evidence.Take(EvidenceShown))
        {
            log.Detail($"    {evidence.Title}");
            foreach (var line in evidence.Text.TrimEnd().Split('\n').TakeLast(EvidenceLines))
                log.Detail($"    | {line.TrimEnd('\r')}");
        }
    }

    private static IEnumerable<Finding> Of(SmokeCheckResult result, FindingStatus severity) =>
        result.Findings.Where(finding => finding.Status == severity);
}
