namespace KubeLab.Reports;

/// <summary>What the playbooks of a run did on which node and when.</summary>
public sealed record Timeline
{
    /// <summary>Nothing: no playbook has run.</summary>
    public static Timeline Empty { get; } = new() { Start = DateTimeOffset.UnixEpoch, Seconds = 0, Hosts = [], Plays = [], Tasks = [], Results = [] };

    /// <summary>When it begins.</summary>
    public required DateTimeOffset Start { get; init; }

    /// <summary>How long it is.</summary>
    public required double Seconds { get; init; }

    /// <summary>The nodes, in the inventory's order where that is known.</summary>
    public required IReadOnlyList<string> Hosts { get; init; }

    /// <summary>The plays, in their order.</summary>
    public required IReadOnlyList<TimelinePlay> Plays { get; init; }

    /// <summary>The tasks, in their order.</summary>
    public required IReadOnlyList<TimelineTask> Tasks { get; init; }

    /// <summary>Every task on every node, by node and then by time.</summary>
    public required IReadOnlyList<TimelineResult> Results { get; init; }

    /// <summary>Whether nothing ran.</summary>
    public bool IsEmpty => Results.Count == 0;

    /// <summary>The tasks that took longest, the slowest first.</summary>
    public IReadOnlyList<TimelineTask> SlowestTasks(int count) => [.. Tasks.OrderByDescending(task => task.Seconds).Take(count)];

    /// <summary>The roles with the time of their tasks, the slowest first; a task without a role counts for its play.</summary>
    public IReadOnlyList<(string Name, double Seconds, int Tasks)> Roles() =>
        [.. Tasks.GroupBy(task => task.Role ?? $"play: {Plays[task.Play].Name}", StringComparer.Ordinal)
            .Select(role => (role.Key, role.Sum(task => task.Seconds), role.Count()))
            .OrderByDescending(role => role.Item2)];

    /// <summary>How long each node worked, in seconds; the rest of the timeline it waited. Overlaps count once.</summary>
    public IReadOnlyDictionary<string, double> BusySeconds()
    {
        var busy = Hosts.ToDictionary(host => host, _ => 0.0, StringComparer.Ordinal);
        foreach (var host in Results.GroupBy(result => result.Host))
        {
            double until = 0, sum = 0;
            foreach (var result in host)
            {
                sum += Math.Max(0, result.End - Math.Max(until, result.Start));
                until = Math.Max(until, result.End);
            }

            busy[Hosts[host.Key]] = sum;
        }

        return busy;
    }
}
