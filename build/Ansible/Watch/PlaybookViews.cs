namespace KubeLab.Ansible;

/// <summary>Shows a playbook run while it goes on. It is told of lines and events from any thread, one at a time.</summary>
public interface IPlaybookView : IAsyncDisposable
{
    /// <summary>Ansible said a line.</summary>
    void Line(string line);

    /// <summary>Ansible's callback told of something.</summary>
    void Event(PlaybookEvent happened);
}

/// <summary>Picks how a playbook run is shown: in place on a terminal, as plain lines elsewhere, or in Ansible's words.</summary>
public sealed class PlaybookViews(ConsoleLog log, TimeProvider time, bool verbose)
{
    /// <summary>The view for a run.</summary>
    /// <param name="cluster">The cluster, whose last run tells how long this one will take.</param>
    /// <param name="isPartial">Whether only some hosts or some tasks are asked for: a whole run is no measure for that.</param>
    public IPlaybookView For(Cluster cluster, string playbook, Inventory inventory, bool isPartial)
    {
        if (verbose)
            return new RawView(log, time);
        var state = new RunState(inventory.Nodes.Select(node => node.Name));
        var estimate = isPartial ? null : RunEstimate.FromRecords(cluster, playbook);
        var onGitHub = Environment.GetEnvironmentVariable("GITHUB_ACTIONS") == "true";
        return log.CanRedraw && !onGitHub && Environment.GetEnvironmentVariable("CI") is not { Length: > 0 }
            ? new LiveView(log, state, estimate, time)
            : new PlainView(log, state, estimate, time, onGitHub);
    }
}

/// <summary>An error of Ansible's own, which comes with no event: a view has it from the output alone.</summary>
/// <remarks>From ansible-core 2.19 on a task's failure is said so too, ignored or rescued; the events tell of that.</remarks>
internal static class AnsibleError
{
    /// <summary>Whether a line tells of one: <c>ERROR! …</c> up to ansible-core 2.18, <c>[ERROR]: …</c> from 2.19 on.</summary>
    public static bool IsSaidIn(string line) =>
        line.StartsWith("ERROR!", StringComparison.Ordinal)
            || (line.StartsWith("[ERROR]", StringComparison.Ordinal)
                && !line.StartsWith("[ERROR]: Task failed", StringComparison.Ordinal));
}
