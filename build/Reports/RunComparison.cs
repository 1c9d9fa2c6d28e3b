using KubeLab.Smoke;

namespace KubeLab.Reports;

/// <summary>Two runs side by side: what got slower or faster, what is newly wrong, and what is fixed.</summary>
/// <param name="Slower">The tasks that took noticeably longer, by how much.</param>
/// <param name="Faster">The tasks that took noticeably less time, by how much.</param>
/// <param name="New">What is wrong in the later run and was not, or was not looked at, in the earlier one.</param>
/// <param name="Fixed">What was wrong in the earlier run and was looked at again and holds in the later one.</param>
/// <param name="Unknown">What was wrong in the earlier run and was not looked at in the later one.</param>
public sealed record RunComparison(
    RunReport Earlier,
    RunReport Later,
    IReadOnlyList<TimeChange> Targets,
    IReadOnlyList<TimeChange> Slower,
    IReadOnlyList<TimeChange> Faster,
    IReadOnlyList<string> New,
    IReadOnlyList<string> Fixed,
    IReadOnlyList<string> Same,
    IReadOnlyList<string> Unknown)
{
    // Less than this is noise: half a second, and a fifth of the time.
    private const double LeastSeconds = 0.5;
    private const double LeastPart = 0.2;

    /// <summary>Compares two runs; the one that began first is the earlier one, however they are given.</summary>
    public static RunComparison Of(RunReport one, RunReport other)
    {
        var (earlier, later) = string.CompareOrdinal(one.Id, other.Id) <= 0 ? (one, other) : (other, one);
        var before = Verdicts(earlier);
        var after = Verdicts(later);
        var tasks = Changes(Tasks(earlier), Tasks(later)).Where(change => change.IsInBoth && IsNoticeable(change)).ToList();
        return new RunComparison(
            earlier,
            later,
            [.. Changes(TargetTimes(earlier), TargetTimes(later))],
            Slower: [.. tasks.Where(change => change.Difference > 0).OrderByDescending(change => change.Difference)],
            Faster: [.. tasks.Where(change => change.Difference < 0).OrderBy(change => change.Difference)],
            New: Wrong(after, key => before.GetValueOrDefault(key) is null),
            Fixed: Wrong(before, key => after.TryGetValue(key, out var now) && now is null),
            Same: Wrong(after, key => before.GetValueOrDefault(key) is not null),
            Unknown: Wrong(before, key => !after.ContainsKey(key)));
    }

    private static List<string> Wrong(Dictionary<string, string?> verdicts, Func<string, bool> where) =>
        [.. verdicts.Where(each => each.Value is not null && where(each.Key)).Select(each => $"{each.Key}: {each.Value}")];

    private static bool IsNoticeable(TimeChange change) =>
        Math.Abs(change.Difference) >= LeastSeconds
            && Math.Abs(change.Difference) >= LeastPart * Math.Max(change.Before ?? 0, change.After ?? 0);

    // Of everything that was looked at, what is wrong with it; null for nothing.
    private static Dictionary<string, string?> Verdicts(RunReport report)
    {
        Dictionary<string, string?> verdicts = new();
        foreach (var finding in (report.Preflight?.Findings ?? []).Where(finding => finding.Status != FindingStatus.Skipped))
        {
            var key = $"{finding.Check} of {finding.Node ?? "the cluster"}";
            verdicts[key] = verdicts.GetValueOrDefault(key) ?? (report.Preflight!.Fails(finding) ? finding.Message : null);
        }

        foreach (var node in report.Nodes.Where(node => node.Recap is not null))
            verdicts[$"the playbook on {node.Name}"] = node.Recap!.Failed + node.Recap.Unreachable == 0 ? null
                : report.Explanations.FirstOrDefault(explanation => explanation.Nodes.Contains(node.Name))?.Title ?? "it failed";
        foreach (var result in (report.Smoke?.Checks ?? []).Where(result => result.Status != FindingStatus.Skipped))
            verdicts[$"smoke test {result.Id}"] = result.Failed ? result.Message : null;
        return verdicts;
    }

    private static Dictionary<string, double> TargetTimes(RunReport report) =>
        (report.Outcome?.Targets ?? []).Where(target => target.Started is not null).ToDictionary(
            target => target.Name, target => target.Seconds);

    private static Dictionary<string, double> Tasks(RunReport report) => report.Timeline.Tasks
        .GroupBy(task => task.FullName).ToDictionary(task => task.Key, task => task.Sum(each => each.Seconds));

    private static IEnumerable<TimeChange> Changes(Dictionary<string, double> before, Dictionary<string, double> after) =>
        before.Keys.Union(after.Keys).Select(name => new TimeChange(
            name, before.TryGetValue(name, out var then) ? then : null, after.TryGetValue(name, out var now) ? now : null));
}

/// <summary>How long the same thing took in two runs.</summary>
/// <param name="Before">Its seconds in the earlier run; null where it did not run.</param>
/// <param name="After">Its seconds in the later run; null where it did not run.</param>
public sealed record TimeChange(string Name, double? Before, double? After)
{
    /// <summary>Whether it ran both times.</summary>
    public bool IsInBoth => Before is not null && After is not null;

    /// <summary>How many seconds longer it took in the later run.</summary>
    public double Difference => (After ?? 0) - (Before ?? 0);
}

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
