using KubeLab.Variables;

namespace KubeLab.Ansible;

/// <summary>
/// Reads the inventory with the distribution's own Ansible, so that ranges, children, precedence, vault and dynamic inventories
/// mean exactly what they mean to the playbook.
/// </summary>
/// <param name="rootDirectory">The folder that paths are shown relative to.</param>
/// <param name="limit">How long Ansible may take; null for two minutes, far more than thousands of nodes do.</param>
public sealed class InventoryReader(
    CommandRunner commands, AnsibleEnvironment ansible, string rootDirectory, TimeSpan? limit = null)
{
    private readonly TimeSpan limit = limit ?? TimeSpan.FromMinutes(2);

    // Kubespray's largest inventories have some 100,000 values; what grows beyond all bounds by its aliases would fill the
    // memory.
    private const double MostValues = 10_000_000;

    /// <summary>Reads the cluster's inventory.</summary>
    /// <exception cref="UserError">Ansible can't parse it; the error shows where, or what Ansible says.</exception>
    public async Task<Inventory> ReadAsync(CancellationToken cancellationToken = default)
    {
        var cluster = ansible.Cluster;
        var files = VariableFiles.Beside(cluster.Inventories, rootDirectory);
        if (files.Readable.FirstOrDefault(file => file.Text.Outline?.ExpandedSize > MostValues) is { } bomb)
            throw new UserError($"{bomb.Shown}: its aliases stand for more than {MostValues:0} values",
                "Write the values out, or take the aliases away.");
        var ask = ansible.Ask("ansible-inventory", "--list") with { Timeout = limit };
        var result = await commands.RunToLimitAsync(ask, cancellationToken: cancellationToken);
        if (result.TimedOut)
            throw new UserError(
                $"Reading the inventory {string.Join(" and ", cluster.Inventories)} had no end after {limit.TotalSeconds:0.#} s",
                "A script or plugin in it hangs: run it by hand with --list, and see what it waits for.");
        if (!result.Succeeded && new InventoryFailure(cluster, files, rootDirectory).Explain(result.StandardError) is { } error)
            throw error;
        result.EnsureSucceeded(
            $"Reading the inventory {string.Join(" and ", cluster.Inventories)}", "Correct what Ansible names above.");
        return InventoryParser.Parse(cluster.InventoryFile, result.StandardOutput) with
        {
            Warnings = InventoryWarnings.Of(result.StandardError),
        };
    }
}
