namespace KubeLab.Ansible;

/// <summary>Reads the inventory with the distribution's own Ansible, so that ranges, children, precedence, vault and dynamic
/// inventories mean exactly what they mean to the playbook.</summary>
public sealed class InventoryReader(CommandRunner commands, AnsibleEnvironment ansible)
{
    /// <summary>Reads the cluster's inventory.</summary>
    /// <exception cref="UserError">Ansible can't parse it; the error shows what Ansible says.</exception>
    public async Task<Inventory> ReadAsync(CancellationToken cancellationToken = default)
    {
        var cluster = ansible.Cluster;
        var result = await commands.RunAsync(ansible.Ask("ansible-inventory", "--list"), cancellationToken: cancellationToken);
        result.EnsureSucceeded(
            $"Reading the inventory {string.Join(" and ", cluster.Inventories)}", "Correct what Ansible names above.");
        return InventoryParser.Parse(cluster.InventoryFile, result.StandardOutput);
    }
}
