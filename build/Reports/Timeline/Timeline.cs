using System.Runtime.InteropServices;

namespace KubeLab.Reports;

/// <summary>What the playbooks of a run did on which node and when.</summary>
/// <param name="Hosts">The nodes, in the inventory's order where that is known.</param>
/// <param name="Results">Every task on every node, by node and then by time.</param>
public sealed record Timeline(
    DateTimeOffset Start,
    double Seconds,
    IReadOnlyList<string> Hosts,
    IReadOnlyList<TimelinePlay> Plays,
    IReadOnlyList<TimelineTask> Tasks,
    IReadOnlyList<TimelineResult> Results)
{
    /// <summary>Nothing: no playbook has run.</summary>
    public static Timeline Empty { get; } = new(DateTimeOffset.UnixEpoch, 0, [], [], [], []);

    /// <summary>Whether nothing ran.</summary>
    public bool IsEmpty => Results.Count == 0;

    /// <summary>The tasks that took longest, the slowest first.</summary>
    public IReadOnlyList<TimelineTask> SlowestTasks(int count) => [.. Tasks.OrderByDescending(task => task.Seconds).Take(count)];

    /// <summary>The roles with the time of their tasks, the slowest first; a task without a role counts for its play.</summary>
    public IReadOnlyList<(string Name, double Seconds, int Tasks)> Roles() =>
        [.. Tasks.GroupBy(task => task.Role ?? $"play: {Plays[task.Play].Name}")
            .Select(role => (role.Key, role.Sum(task => task.Seconds), role.Count()))
            .OrderByDescending(role => role.Item2)];

    /// <summary>How long each node worked, in seconds; the rest of the timeline it waited. Overlaps count once.</summary>
    public IReadOnlyDictionary<string, double> BusySeconds()
    {
        var busy = Hosts.ToDictionary(host => host, _ => 0.0);
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

/// <summary>A play of a playbook run.</summary>
/// <param name="Start">When it began, in seconds from the timeline's start.</param>
/// <param name="End">When it ended, in seconds from the timeline's start.</param>
public sealed record TimelinePlay(string Name, double Start, double End);

/// <summary>A task of a playbook run, on all the nodes that it ran on.</summary>
/// <param name="Role">The role that it belongs to; null for none.</param>
/// <param name="Start">When it began on its first node, in seconds from the timeline's start.</param>
/// <param name="End">When it ended on its last node, in seconds from the timeline's start.</param>
public sealed record TimelineTask(string Name, string? Role, string? Path, int Play, double Start, double End)
{
    /// <summary>From its beginning on the first node to its end on the last one, in seconds: what it adds to the run.</summary>
    public double Seconds => Math.Max(0, End - Start);

    /// <summary>Its role and name as Ansible writes them.</summary>
    public string FullName => Role is null ? Name : $"{Role} : {Name}";
}

/// <summary>A task on a node.</summary>
/// <param name="Start">When it began, in seconds from the timeline's start.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct TimelineResult(int Host, int Task, double Start, double Seconds, TimelineStatus Status)
{
    /// <summary>When it ended, in seconds from the timeline's start.</summary>
    public double End => Start + Seconds;
}

/// <summary>How a task ended on a node, the worse the higher.</summary>
public enum TimelineStatus
{
    /// <summary>It was left out.</summary>
    Skipped,

    /// <summary>It changed nothing.</summary>
    Ok,

    /// <summary>It changed something.</summary>
    Changed,

    /// <summary>It failed, and the playbook went on.</summary>
    Ignored,

    /// <summary>It failed.</summary>
    Failed,

    /// <summary>The node did not answer.</summary>
    Unreachable,
}
