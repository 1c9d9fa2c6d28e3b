using KubeLab.Variables;

namespace KubeLab.Ansible;

/// <summary>
/// Reads the inventory with the distribution's own Ansible, so that ranges, children, precedence, vault and dynamic inventories
/// mean exactly what they mean to the playbook.
/// </summary>
/// <param name="rootDirectory">The folder that paths are shown relative to.</param>
public sealed class InventoryReader(CommandRunner commands, AnsibleEnvironment ansible, string rootDirectory)
{
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
        var result = await commands.RunAsync(ansible.Ask("ansible-inventory", "--list"), cancellationToken: cancellationToken);
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
