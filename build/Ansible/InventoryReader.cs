using KubeLab.Clusters;
using KubeLab.Distributions;

namespace KubeLab.Ansible;

/// <summary>
/// Reads the inventory with the distribution's own Ansible, so that ranges, children, precedence, vault and dynamic inventories
/// mean exactly what they mean to the playbook.
/// </summary>
public sealed class InventoryReader(CommandRunner commands, AnsibleToolchain toolchain, AnsibleEnvironment environment, Distribution distribution)
{
    /// <summary>Reads a cluster's inventory.</summary>
    /// <exception cref="UserError">Ansible can't parse it; the error shows what Ansible says.</exception>
    public async Task<Inventory> ReadAsync(Cluster cluster, CancellationToken cancellationToken = default)
    {
        var list = toolchain.Command("ansible-inventory", [.. cluster.InventoryArguments, "--list"]) with
        {
            Environment = environment.ForInventory(),
            WorkingDirectory = distribution.Directory,
        };
        var result = await commands.RunAsync(list, cancellationToken: cancellationToken);
        result.EnsureSucceeded($"Reading the inventory {string.Join(" and ", cluster.Inventories)}", "Correct what Ansible names above.");
        return InventoryParser.Parse(cluster.InventoryFile, result.StandardOutput);
    }
}
