using KubeLab.Records;
using Spectre.Console;

namespace KubeLab.Reports;

/// <summary>Lists runs on the terminal: how each ended, how long it took, and what it was made with.</summary>
public sealed class RunList(ConsoleLog log)
{
    /// <summary>Shows the runs, in the order in which they are given.</summary>
    public void Show(IEnumerable<RunReport> runs)
    {
        var table = new Table { Border = TableBorder.None, ShowHeaders = true };
        foreach (var column in new[] { "", "run", "asked", "verdict" })
            table.AddColumn(new TableColumn(column).NoWrap());
        table.AddColumn(new TableColumn("time").NoWrap().RightAligned());
        table.AddColumn(new TableColumn("versions"));
        foreach (var run in runs)
            table.AddRow(Row(run));
        log.Render(table);
    }

    private static Text[] Row(RunReport run)
    {
        var (mark, style) = ReportTable.Sign(run.Verdict);
        var versions = run.Outcome?.Versions;
        return
        [
            new Text(mark, style), new Text(run.Id), new Text(run.Outcome?.RequestedTargets ?? ""),
            new Text(run.BrokenTarget is { } target && target != run.Asked ? $"{run.Verdict.ToString().ToLowerInvariant()} in {target}" : run.Verdict.ToString().ToLowerInvariant(), style),
            new Text(run.Duration is { } duration ? ConsoleLog.Elapsed(duration) : "?"),
            new Text(string.Join(", ", new[] { versions?.Distribution ?? run.Preflight?.Distribution, Named("Kubernetes", versions?.Kubernetes), Named("Ansible", versions?.Ansible), Named("KubeLab", versions?.KubeLab) }.OfType<string>())),
        ];
    }

    private static string? Named(string name, string? version) => version is null ? null : $"{name} {version}";
}
