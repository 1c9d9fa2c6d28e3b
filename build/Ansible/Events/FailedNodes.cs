namespace KubeLab.Ansible;

/// <summary>Which nodes failed in a cluster's last run of a playbook.</summary>
/// <param name="StoppedAll">Whether the failure stopped the run on the other nodes too, so that nobody came to the end.</param>
public sealed record FailedNodes(string Run, IReadOnlySet<string> Nodes, bool StoppedAll)
{
    /// <summary>Reads it from the cluster's records; null where no run of that playbook is recorded.</summary>
    public static FailedNodes? OfLastRun(Cluster cluster, string playbook) =>
        PlaybookEvent.RunsOf(cluster, playbook).Select(run => Of(run.Name, run.Events)).FirstOrDefault();

    /// <summary>Reads it from a run's events. A run that was cut off before its recap has stopped on all nodes.</summary>
    public static FailedNodes Of(string run, IReadOnlyList<PlaybookEvent> events)
    {
        var recap = PlayRecap.From(events);
        var failed = recap?.Hosts.Where(host => host.Value.Failed + host.Value.Unreachable > 0).Select(host => host.Key) ?? [];
        // Ansible says so when no host is left: where one failure is fatal for all, or where all have failed.
        return new FailedNodes(run, failed.ToHashSet(), recap is null || events.Any(each => each.Kind == "no_hosts_remaining"));
    }
}
