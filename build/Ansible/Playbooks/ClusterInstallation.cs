namespace KubeLab.Ansible;

/// <summary>Runs <c>cluster.yml</c>: on all nodes, on some, or on those that failed the last time.</summary>
public sealed class ClusterInstallation(ClusterPlaybook playbook, Deployment deployment, ConsoleLog log)
{
    /// <summary>The playbook, as the records name it wherever it lies in the distribution.</summary>
    public static string Playbook => "cluster.yml";

    private string PlaybookFile => deployment.Distribution.Playbooks.Install?.File ?? Playbook;

    /// <summary>Runs it.</summary>
    /// <exception cref="UserError">The limit is refused, or a node failed.</exception>
    public Task RunAsync(PlaybookOptions options, bool retryFailed, CancellationToken cancellationToken = default) =>
        playbook.RunAsync(PlaybookFile, Within(options, retryFailed), cancellationToken);

    /// <summary>What would be run, without running it.</summary>
    public Task<PlaybookListing> ListAsync(
        PlaybookOptions options, bool retryFailed, CancellationToken cancellationToken = default) =>
        playbook.ListAsync(PlaybookFile, Within(options, retryFailed), cancellationToken);

    private PlaybookOptions Within(PlaybookOptions options, bool retryFailed)
    {
        ExtraVariables.Check(options.ExtraVariables);
        return retryFailed ? options with { Limit = Retry(options) } : options;
    }

    private string? Retry(PlaybookOptions options)
    {
        if (options.Limit is not null)
            throw new UserError("--retry-failed and --limit exclude each other: both say which nodes.", "Leave one of them out.");
        if (FailedNodes.OfLastRun(deployment.Cluster, Playbook) is not { } last)
            throw new UserError(
                $"No run of {Playbook} on {deployment.Cluster.Name} is recorded, so nothing has failed that could be tried again.",
                "Leave --retry-failed out.");
        if (last.StoppedAll)
        {
            log.Warning($"The run {last.Run} stopped on all nodes, so none of them is finished: it is repeated on all.");
            return null;
        }

        if (last.Nodes.Count == 0)
            throw new UserError(
                $"No node failed in the last run of {Playbook}, {last.Run}.", "Leave --retry-failed out to run it on all nodes.");
        var around = LimitGuard.Around(deployment.Inventory, last.Nodes);
        var more = around.Count > last.Nodes.Count ? ", and the etcd members and control plane nodes that belong to it" : "";
        log.Info($"Only what failed in the run {last.Run}: {string.Join(", ", last.Nodes)}{more}");
        return string.Join(',', around);
    }
}
