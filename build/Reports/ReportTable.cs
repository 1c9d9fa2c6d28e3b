using KubeLab.Records;
using Spectre.Console;

namespace KubeLab.Reports;

/// <summary>Shows a report on the terminal, within 100 columns: the verdict and what to do next, then targets, nodes and the slowest tasks.</summary>
public sealed class ReportTable(ConsoleLog log)
{
    private const int MaxWidth = 100;
    private const int MostNodes = 20;
    private const int Slowest = 5;

    /// <summary>The sign of a verdict and how it looks.</summary>
    public static (string Sign, Style Style) Sign(RunVerdict verdict) => verdict switch
    {
        RunVerdict.Succeeded => ("✓", new Style(Color.Green)),
        RunVerdict.Failed => ("✗", new Style(Color.Red)),
        _ => ("!", new Style(Color.Yellow)),
    };

    /// <summary>Shows all of it.</summary>
    public void Show(RunReport report)
    {
        ShowVerdict(report);
        if (report.Outcome is { Targets.Count: > 0 })
            log.Render(Targets(report));
        if (report.Nodes.Count > 0)
            log.Render(Nodes(report));
        if (!report.Timeline.IsEmpty)
            log.Render(Tasks(report));
        ShowPlace(report);
    }

    /// <summary>Shows the verdict, what to do next, and where the rest is to be read.</summary>
    public void ShowVerdict(RunReport report)
    {
        var sentence = ReportSentence.Verdict(report);
        if (report.Verdict == RunVerdict.Succeeded)
            log.Done(sentence);
        else if (report.Verdict == RunVerdict.Failed)
            log.Failure(sentence);
        else
            log.Warning(sentence);
        foreach (var line in (ReportSentence.NextStep(report) ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries))
            log.Info($"  {line}");
        if (ReportSentence.NextCommand(report) is { } command)
            log.Info($"  $ {command}");
        foreach (var note in report.Notes)
            log.Warning(note);
    }

    /// <summary>Says where the page is.</summary>
    public void ShowPlace(RunReport report) => log.Info($"  The whole report: {Path.Combine(report.Directory, "report.html")}");

    private static Table Targets(RunReport report)
    {
        var table = Columns(["", "target", "status"], "time", "");
        foreach (var target in report.Outcome!.Targets)
        {
            var (mark, style) = target.Status switch { "succeeded" => Sign(RunVerdict.Succeeded), "failed" => Sign(RunVerdict.Failed), "interrupted" => Sign(RunVerdict.Interrupted), _ => ("-", new Style(Color.Grey)) };
            table.AddRow(new Text(mark, style), new Text(target.Name), new Text(target.Status, style), new Text(target.Started is null ? "" : ConsoleLog.Elapsed(TimeSpan.FromSeconds(target.Seconds))), new Text(target.Note ?? ""));
        }

        return table;
    }

    private static Table Nodes(RunReport report)
    {
        var table = Columns(["", "node", "roles"], "memory", "what is wrong");
        foreach (var node in report.Nodes.OrderByDescending(node => node.Problems.Count > 0).Take(MostNodes))
        {
            var (mark, style) = Sign(node.Problems.Count > 0 ? RunVerdict.Failed : node.Warnings.Count > 0 ? RunVerdict.Interrupted : RunVerdict.Succeeded);
            table.AddRow(new Text(mark, style), new Text(node.Name), new Text(string.Join(", ", node.Roles)), new Text(Memory(node)), new Text(node.Problems.Concat(node.Warnings).FirstOrDefault() ?? ""));
        }

        if (report.Nodes.Count > MostNodes)
            table.AddRow("", $"and {report.Nodes.Count - MostNodes} more");
        return table;
    }

    private static string Memory(ReportNode node) => node.Memory is { } memory ? $"{memory.ObservedMb:0} MB{(memory.RequiredMb is { } required ? $" of {required:0}" : "")}" : "";

    private static Table Tasks(RunReport report)
    {
        var table = Columns([""], "time", "slowest tasks");
        foreach (var task in report.Timeline.SlowestTasks(Slowest))
            table.AddRow(new Text(" "), new Text(ConsoleLog.Elapsed(TimeSpan.FromSeconds(task.Seconds))), new Text(task.FullName));
        return table;
    }

    private static Table Columns(IReadOnlyList<string> left, string right, string rest)
    {
        var table = new Table { Border = TableBorder.None, ShowHeaders = true, Width = MaxWidth };
        foreach (var column in left)
            table.AddColumn(new TableColumn(column).NoWrap());
        table.AddColumn(new TableColumn(right).NoWrap().RightAligned());
        table.AddColumn(new TableColumn(rest));
        return table;
    }
}
