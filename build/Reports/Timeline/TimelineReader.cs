using KubeLab.Ansible;

namespace KubeLab.Reports;

/// <summary>Makes a timeline of a run's events. What is missing or odd, as after a run that was killed, is left out.</summary>
internal sealed class TimelineReader
{
    private readonly List<PlayOnWay> plays = [];
    private readonly Dictionary<string, int> taskIndex = new();
    private readonly List<TimelineTask> tasks = [];
    private readonly Dictionary<string, int> hostIndex = new();
    private readonly List<TimelineResult> results = [];
    private double origin = double.NaN;
    private double latest;

    private TimelineReader(IEnumerable<string> knownHosts)
    {
        foreach (var host in knownHosts)
            HostOf(host);
    }

    /// <summary>Reads a timeline.</summary>
    /// <param name="knownHosts">The nodes' names in the order in which they are to be shown; others follow.</param>
    public static Timeline Read(IEnumerable<PlaybookEvent> events, IEnumerable<string> knownHosts)
    {
        var reader = new TimelineReader(knownHosts);
        foreach (var each in events)
            reader.Add(each);
        return reader.Finish();
    }

    private void Add(PlaybookEvent each)
    {
        var time = each.Time.ToUnixTimeMilliseconds() / 1000.0;
        if (time <= 0)
            return;
        if (double.IsNaN(origin))
            origin = time;
        var at = Math.Max(0, time - origin);
        latest = Math.Max(latest, at);
        switch (each.Kind)
        {
            case "play_start":
                EndPlay(at);
                plays.Add(new PlayOnWay(PlainText.Line(each.Play ?? "", 200), at));
                break;
            case "task_start":
                Begin(each, at);
                break;
            case "result" when each.Host is { } host:
                AddResult(each, HostOf(host), at);
                break;
            case "stats":
                EndPlay(at);
                break;
        }
    }

    private void AddResult(PlaybookEvent each, int host, double end)
    {
        var seconds = Math.Clamp(each.Seconds ?? 0, 0, end);
        var task = TaskOf(each, end - seconds);
        var known = tasks[task];
        tasks[task] = known with { Start = Math.Min(known.Start, end - seconds), End = Math.Max(known.End, end) };
        results.Add(new TimelineResult(host, task, end - seconds, seconds, Status(each)));
    }

    private static TimelineStatus Status(PlaybookEvent each) => each.Status switch
    {
        "ok" => TimelineStatus.Ok,
        "changed" => TimelineStatus.Changed,
        "failed" or "unreachable" when each.Ignored => TimelineStatus.Ignored,
        "failed" => TimelineStatus.Failed,
        "unreachable" => TimelineStatus.Unreachable,
        _ => TimelineStatus.Skipped,
    };

    private int TaskOf(PlaybookEvent each, double at) =>
        taskIndex.TryGetValue(Key(each), out var known) ? known : Begin(each, at);

    // A file without ids, or of an older plugin, tells tasks apart by name and path.
    private string Key(PlaybookEvent each) =>
        $"{plays.Count}\n{(each.Data.TryGetProperty("task_id", out var id) ? id.ToString() : $"{each.Task}\n{each.TaskPath}")}";

    // Ansible uses a task's id again where its role runs once more: what begins is another task, whatever its id.
    private int Begin(PlaybookEvent each, double at)
    {
        if (plays.Count == 0)
            plays.Add(new PlayOnWay("", at));
        tasks.Add(new TimelineTask(
            PlainText.Line(Name(each), 300), each.Role is null ? null : PlainText.Line(each.Role, 200),
            each.TaskPath is null ? null : PlainText.Line(BelowDistribution(each.TaskPath)), plays.Count - 1, at, at));
        return taskIndex[Key(each)] = tasks.Count - 1;
    }

    private static string Name(PlaybookEvent each)
    {
        var name = each.Task ?? "";
        return each.Role is { } role && name.StartsWith($"{role} : ", StringComparison.Ordinal)
            ? name[(role.Length + 3)..]
            : name;
    }

    // A distribution's own folders say where a task is; where the tree lies, the commands tell.
    private static string BelowDistribution(string path) =>
        new[] { "/roles/", "/playbooks/" }.Select(folder => path.IndexOf(folder, StringComparison.Ordinal))
            .FirstOrDefault(at => at >= 0, -1) is var at and >= 0 ? path[(at + 1)..] : path;

    private int HostOf(string name)
    {
        if (!hostIndex.TryGetValue(name, out var index))
            hostIndex[name] = index = hostIndex.Count;
        return index;
    }

    private void EndPlay(double at)
    {
        if (plays.Count > 0)
            plays[^1] = plays[^1] with { End = plays[^1].End ?? at };
    }

    private Timeline Finish() => new(
        double.IsNaN(origin) ? DateTimeOffset.UnixEpoch : DateTimeOffset.FromUnixTimeMilliseconds((long)(origin * 1000)),
        latest,
        [.. hostIndex.OrderBy(host => host.Value).Select(host => PlainText.Line(host.Key, 200))],
        [.. plays.Select(play => new TimelinePlay(play.Name, play.Start, play.End ?? latest))],
        tasks,
        [.. results.OrderBy(result => result.Host).ThenBy(result => result.Start)]);

    private sealed record PlayOnWay(string Name, double Start, double? End = null);
}
