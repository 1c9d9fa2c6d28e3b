using KubeLab.Clusters;

namespace KubeLab.Ansible;

/// <summary>Picks how a playbook run is shown: in place on a terminal, as plain lines elsewhere, or as Ansible itself says it.</summary>
public sealed class PlaybookViews(ConsoleLog log, TimeProvider time, bool verbose)
{
    /// <summary>The view for a run.</summary>
    /// <param name="cluster">The cluster, whose last run tells how long this one will take.</param>
    public IPlaybookView For(Cluster cluster, string playbook, Inventory inventory)
    {
        if (verbose)
            return new RawView(log, time);
        var state = new RunState(inventory.Nodes.Select(node => node.Name));
        var estimate = RunEstimate.FromRecords(cluster, playbook);
        var onGitHub = Environment.GetEnvironmentVariable("GITHUB_ACTIONS") == "true";
        return log.CanRedraw && !onGitHub && Environment.GetEnvironmentVariable("CI") is not { Length: > 0 }
            ? new LiveView(log, state, estimate, time)
            : new PlainView(log, state, estimate, time, onGitHub);
    }
}
