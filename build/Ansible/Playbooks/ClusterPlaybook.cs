namespace KubeLab.Ansible;

/// <summary>Runs a playbook on a cluster or on a part of it: what a limit means is settled before anything runs, and a run with a
/// limit has the facts of all nodes first, as those of the limit are configured with the addresses of the others.</summary>
public sealed class ClusterPlaybook(PlaybookRunner playbook, HostLimit limits, Deployment deployment, ConsoleLog log)
{
    /// <summary>Settles which nodes have to come through.</summary>
    /// <exception cref="UserError">The variables can't be read, or the limit fits no host or half a cluster.</exception>
    public async Task<PlaybookOptions> SettleAsync(PlaybookOptions options, CancellationToken cancellationToken = default)
    {
        ExtraVariables.Check(options.ExtraVariables);
        if (options.Limit is not { } limit || options.Required is not null)
            return options;
        var hosts = await limits.HostsAsync(limit, cancellationToken);
        LimitGuard.Check(deployment.Inventory, limit, hosts);
        return options with { Required = [.. deployment.Inventory.Nodes.Select(node => node.Name).Where(hosts.Contains)] };
    }

    /// <summary>Runs it.</summary>
    /// <param name="file">The playbook's file, relative to the distribution.</param>
    /// <exception cref="UserError">The limit is refused, or a node failed.</exception>
    public async Task RunAsync(string file, PlaybookOptions options, CancellationToken cancellationToken = default)
    {
        var settled = await SettleAsync(options, cancellationToken);
        if (settled.Limit is not null && deployment.Distribution.Playbooks.Facts is { File: var facts })
        {
            log.Info("The facts of all nodes first: those of the limit are configured with the addresses of the others.");
            var ofAll = new PlaybookOptions
            { Required = settled.Required, OthersMayFail = true, ExtraVariables = settled.ExtraVariables };
            await playbook.RunAsync(facts, deployment.Inventory, ofAll, cancellationToken);
        }

        await playbook.RunAsync(file, deployment.Inventory, settled, cancellationToken);
    }

    /// <summary>What would be run, without running it.</summary>
    /// <exception cref="UserError">The limit is refused, or Ansible can't read the playbook or the inventory.</exception>
    public async Task<PlaybookListing> ListAsync(
        string file, PlaybookOptions options, CancellationToken cancellationToken = default) =>
        await playbook.ListAsync(file, deployment.Inventory, await SettleAsync(options, cancellationToken), cancellationToken);
}
