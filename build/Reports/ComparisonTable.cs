namespace KubeLab.Reports;

/// <summary>Shows two runs side by side on the terminal, within 100 columns.</summary>
public sealed class ComparisonTable(ConsoleLog log)
{
    private const int MostTasks = 10;

    /// <summary>Shows the comparison.</summary>
    public void Show(RunComparison comparison)
    {
        ShowSide("before", comparison.Earlier);
        ShowSide("after ", comparison.Later);
        ShowTimes("target", comparison.Targets);
        ShowTimes("slower task", [.. comparison.Slower.Take(MostTasks)]);
        ShowTimes("faster task", [.. comparison.Faster.Take(MostTasks)]);
        foreach (var each in comparison.New)
            log.Failure($"new: {each}");
        foreach (var each in comparison.Same)
            log.Failure($"still: {each}");
        foreach (var each in comparison.Unknown)
            log.Warning($"not looked at again: {each}");
        foreach (var each in comparison.Fixed)
            log.Done($"fixed: {each}");
        if (comparison is { New.Count: 0, Same.Count: 0, Fixed.Count: 0, Unknown.Count: 0 })
            log.Info("Nothing is wrong in either run.");
    }

    private void ShowSide(string word, RunReport run) => log.Info($"{word}  {run.Id}  {ReportSentence.Verdict(run)}");

    private void ShowTimes(string what, IReadOnlyList<TimeChange> changes)
    {
        if (changes.Count == 0)
            return;
        var table = new ConsoleTable().Wide(what).Figures("before", "after", "difference").InFull();
        foreach (var change in changes)
            table.Row(change.Name, Time(change.Before), Time(change.After), Difference(change));
        table.Show(log);
    }

    private static string Time(double? seconds) => seconds is { } time ? ConsoleLog.Elapsed(TimeSpan.FromSeconds(time)) : "-";

    private static string Difference(TimeChange change) => change.IsInBoth
        ? $"{(change.Difference < 0 ? "-" : "+")}{ConsoleLog.Elapsed(TimeSpan.FromSeconds(Math.Abs(change.Difference)))}"
        : "";
}
