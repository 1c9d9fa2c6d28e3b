using KubeLab.Records;

namespace KubeLab.Reports;

/// <summary>Shows a report in 100 columns: the verdict, what to do next, then targets, nodes and the slowest tasks.</summary>
public sealed class ReportTable(ConsoleLog log)
{
    private const int MostNodes = 20;
    private const int Slowest = 5;

    /// <summary>Shows all of it.</summary>
    public void Show(RunReport report)
    {
        ShowVerdict(report);
        if (report.Outcome is { Targets.Count: > 0 } outcome)
            ShowTargets(outcome);
        if (report.Nodes.Count > 0)
            ShowNodes(report);
        if (!report.Timeline.IsEmpty)
            ShowTasks(report);
        ShowPlace(report);
    }

    /// <summary>Shows the verdict, what to do next, and where the rest is to be read.</summary>
    public void ShowVerdict(RunReport report)
    {
        log.Say(report.Mark, ReportSentence.Verdict(report));
        foreach (var line in (ReportSentence.NextStep(report) ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries))
            log.Info($"  {line}");
        if (ReportSentence.NextCommand(report) is { } command)
            log.Info($"  $ {command}");
        foreach (var note in report.Notes)
            log.Warning(note);
    }

    /// <summary>Says where the page is.</summary>
    public void ShowPlace(RunReport report) => log.Info($"  The whole report: {Path.Combine(report.Directory, "report.html")}");

    private void ShowTargets(RunOutcome outcome)
    {
        var table = new ConsoleTable("", "target", "status").Figures("time").Wide("").InFull();
        foreach (var target in outcome.Targets)
            table.Row(
                target.Mark, target.Name, new ConsoleCell(target.Status, target.Mark.Colour),
                target.Started is null ? "" : ConsoleLog.Elapsed(TimeSpan.FromSeconds(target.Seconds)), target.Note ?? "");
        table.Show(log);
    }

    private void ShowNodes(RunReport report)
    {
        var table = new ConsoleTable("", "node", "roles").Figures("memory").Wide("what is wrong").InFull();
        foreach (var node in report.Nodes.OrderByDescending(node => node.Problems.Count > 0).Take(MostNodes))
        {
            var worst = node.Problems.Concat(node.Warnings).FirstOrDefault() ?? "";
            table.Row(node.Mark, node.Name, string.Join(", ", node.Roles), Memory(node), worst);
        }

        if (report.Nodes.Count > MostNodes)
            table.Row("", $"and {report.Nodes.Count - MostNodes} more");
        table.Show(log);
    }

    private static string Memory(ReportNode node) => node.Memory switch
    {
        null => "",
        { RequiredMb: null } memory => $"{memory.ObservedMb:0} MB",
        var memory => $"{memory.ObservedMb:0} MB of {memory.RequiredMb:0}",
    };

    private void ShowTasks(RunReport report)
    {
        var table = new ConsoleTable("").Figures("time").Wide("slowest tasks").InFull();
        foreach (var task in report.Timeline.SlowestTasks(Slowest))
            table.Row(" ", ConsoleLog.Elapsed(TimeSpan.FromSeconds(task.Seconds)), task.FullName);
        table.Show(log);
    }
}
