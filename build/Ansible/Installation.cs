using KubeLab.Clusters;
using KubeLab.Commands;
using KubeLab.Distributions;
using KubeLab.Reports;
using KubeLab.Runs;

namespace KubeLab.Ansible;

/// <summary>Runs <c>cluster.yml</c>: on all nodes, on some, or on those that failed the last time.</summary>
/// <param name="playbook">Runs playbooks.</param>
/// <param name="limits">Knows which hosts a limit means.</param>
/// <param name="cluster">The cluster.</param>
/// <param name="distribution">The distribution.</param>
/// <param name="inventory">The inventory.</param>
/// <param name="log">Says what is done.</param>
public sealed class Installation(
    PlaybookRun playbook, HostLimit limits, Cluster cluster, Distribution distribution, Inventory inventory, ConsoleLog log)
{
    /// <summary>The playbook.</summary>
    public const string Playbook = "cluster.yml";

    /// <summary>Runs it.</summary>
    /// <param name="options">What is passed on.</param>
    /// <param name="retryFailed">Only the nodes that failed in the last run.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="UserError">The limit is refused, or a node failed.</exception>
    public async Task RunAsync(PlaybookOptions options, bool retryFailed, CancellationToken cancellationToken = default)
    {
        var settled = await SettleAsync(options, retryFailed, cancellationToken);
        if (settled.Limit is not null && distribution.Playbooks.Facts is { File: var facts })
        {
            log.Info("The facts of all nodes first: those of the limit are configured with the addresses of the others.");
            await playbook.RunAsync(
                facts, inventory, new PlaybookOptions { Required = settled.Required, OthersMayFail = true, ExtraVariables = settled.ExtraVariables }, cancellationToken);
        }

        await playbook.RunAsync(Playbook, inventory, settled, cancellationToken);
    }

    /// <summary>What would be run, without running it.</summary>
    public async Task<PlaybookListing> ListAsync(PlaybookOptions options, bool retryFailed, CancellationToken cancellationToken = default) =>
        await playbook.ListAsync(Playbook, inventory, await SettleAsync(options, retryFailed, cancellationToken), cancellationToken);

    private async Task<PlaybookOptions> SettleAsync(PlaybookOptions options, bool retryFailed, CancellationToken cancellationToken)
    {
        ExtraVariables.Check(options.ExtraVariables);
        if (retryFailed)
            options = options with { Limit = Retry(options) };
        if (options.Limit is not { } limit)
            return options;
        var hosts = await limits.HostsAsync(limit, cancellationToken);
        LimitGuard.Check(inventory, limit, hosts);
        return options with { Required = [.. inventory.Nodes.Select(node => node.Name).Where(hosts.Contains)] };
    }

    private string? Retry(PlaybookOptions options)
    {
        if (options.Limit is not null)
            throw new UserError("--retry-failed and --limit exclude each other: both say which nodes.", "Leave one of them out.");
        if (FailedNodes.OfLastRun(cluster, Playbook) is not { } last)
            throw new UserError($"No run of {Playbook} on {cluster.Name} is recorded, so nothing has failed that could be tried again.", "Leave --retry-failed out.");
        if (last.StoppedAll)
        {
            log.Warning($"The run {last.Run} stopped on all nodes, so none of them is finished: it is repeated on all.");
            return null;
        }

        if (last.Nodes.Count == 0)
            throw new UserError($"No node failed in the last run of {Playbook}, {last.Run}.", "Leave --retry-failed out to run it on all nodes.");
        var around = LimitGuard.Around(inventory, last.Nodes);
        log.Info($"Only what failed in the run {last.Run}: {string.Join(", ", last.Nodes)}{(around.Count > last.Nodes.Count ? ", and the etcd members and control plane nodes that belong to it" : "")}");
        return string.Join(',', around);
    }
}
