using KubeLab.Smoke;

namespace KubeLab.Reports;

/// <summary>Two runs side by side: what got slower or faster, what is newly wrong, and what is fixed.</summary>
public sealed record RunComparison
{
    // Less than this is noise: half a second, and a fifth of the time.
    private const double LeastSeconds = 0.5;
    private const double LeastPart = 0.2;

    /// <summary>The earlier run.</summary>
    public required RunReport Earlier { get; init; }

    /// <summary>The later run.</summary>
    public required RunReport Later { get; init; }

    /// <summary>The targets that took time in either run.</summary>
    public required IReadOnlyList<TimeChange> Targets { get; init; }

    /// <summary>The tasks that took noticeably longer, by how much.</summary>
    public required IReadOnlyList<TimeChange> Slower { get; init; }

    /// <summary>The tasks that took noticeably less time, by how much.</summary>
    public required IReadOnlyList<TimeChange> Faster { get; init; }

    /// <summary>What is wrong in the later run and was not, or was not looked at, in the earlier one.</summary>
    public required IReadOnlyList<string> New { get; init; }

    /// <summary>What was wrong in the earlier run and was looked at again and holds in the later one.</summary>
    public required IReadOnlyList<string> Fixed { get; init; }

    /// <summary>What is wrong in both.</summary>
    public required IReadOnlyList<string> Same { get; init; }

    /// <summary>What was wrong in the earlier run and was not looked at in the later one.</summary>
    public required IReadOnlyList<string> Unknown { get; init; }

    /// <summary>Compares two runs; the one that began first is the earlier one, however they are given.</summary>
    public static RunComparison Of(RunReport one, RunReport other)
    {
        var (earlier, later) = string.CompareOrdinal(one.Id, other.Id) <= 0 ? (one, other) : (other, one);
        var before = Verdicts(earlier);
        var after = Verdicts(later);
        var tasks = Changes(Tasks(earlier), Tasks(later)).Where(change => change.IsInBoth && IsNoticeable(change)).ToList();
        return new RunComparison
        {
            Earlier = earlier,
            Later = later,
            Targets = [.. Changes(TargetTimes(earlier), TargetTimes(later))],
            Slower = [.. tasks.Where(change => change.Difference > 0).OrderByDescending(change => change.Difference)],
            Faster = [.. tasks.Where(change => change.Difference < 0).OrderBy(change => change.Difference)],
            New = [.. after.Where(each => each.Value is not null && before.GetValueOrDefault(each.Key) is null).Select(each => $"{each.Key}: {each.Value}")],
            Fixed = [.. before.Where(each => each.Value is not null && after.TryGetValue(each.Key, out var now) && now is null).Select(each => $"{each.Key}: {each.Value}")],
            Same = [.. after.Where(each => each.Value is not null && before.GetValueOrDefault(each.Key) is not null).Select(each => $"{each.Key}: {each.Value}")],
            Unknown = [.. before.Where(each => each.Value is not null && !after.ContainsKey(each.Key)).Select(each => $"{each.Key}: {each.Value}")],
        };
    }

    private static bool IsNoticeable(TimeChange change) =>
        Math.Abs(change.Difference) >= LeastSeconds && Math.Abs(change.Difference) >= LeastPart * Math.Max(change.Before ?? 0, change.After ?? 0);

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
        (report.Outcome?.Targets ?? []).Where(target => target.Started is not null).ToDictionary(target => target.Name, target => target.Seconds);

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
