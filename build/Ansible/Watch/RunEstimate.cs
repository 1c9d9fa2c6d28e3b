namespace KubeLab.Ansible;

/// <summary>How long a playbook run will still take, judged by the cluster's last complete run of the same playbook.</summary>
public sealed class RunEstimate
{
    private readonly Dictionary<string, TimeSpan> leftAt;

    private RunEstimate(Dictionary<string, TimeSpan> leftAt, TimeSpan total) => (this.leftAt, Total) = (leftAt, total);

    /// <summary>How long that run took.</summary>
    public TimeSpan Total { get; }

    /// <summary>How many tasks it had.</summary>
    public int Tasks => leftAt.Count;

    /// <summary>The estimate that a run's events give; null where it was cut off, failed, or ran a part of it only.</summary>
    public static RunEstimate? From(IReadOnlyList<PlaybookEvent> events)
    {
        if (events.Count == 0 || events[0].IsPartial || PlayRecap.From(events) is not { Hosts.Count: > 0 } recap
            || recap.Hosts.Values.Any(host => host.Failed + host.Unreachable > 0))
            return null;
        var end = events[^1].Time;
        var state = new RunState([]);
        var left = new Dictionary<string, TimeSpan>();
        foreach (var happened in events)
        {
            state.Apply(happened);
            if (happened.Kind == "task_start")
                left[state.TaskKey] = end - happened.Time;
        }

        return new RunEstimate(left, end - events[0].Time);
    }

    /// <summary>The estimate that the cluster's records give for a playbook; null where none does.</summary>
    public static RunEstimate? FromRecords(Cluster cluster, string playbook) =>
        PlaybookEvent.RunsOf(cluster, playbook).Select(run => From(run.Events)).FirstOrDefault(estimate => estimate is not null);

    /// <summary>How long it will still take; null where the task that runs wasn't part of that run.</summary>
    public TimeSpan? Left(RunState state, DateTimeOffset now)
    {
        if (!leftAt.TryGetValue(state.TaskKey, out var left))
            return null;
        var spent = now - state.TaskStarted;
        return left > spent ? left - spent : TimeSpan.Zero;
    }
}
