using KubeLab.Ansible;
using KubeLab.Records;

namespace KubeLab.Runs;

/// <summary>Reads the inventory, and makes its secrets known before anything of it is shown.</summary>
/// <param name="rootDirectory">The folder that paths are shown relative to.</param>
public sealed class DeploymentReader(CommandRunner commands, SecretMask secrets, string rootDirectory)
{
    /// <summary>Reads what a run goes by.</summary>
    /// <exception cref="UserError">Ansible can't parse the inventory.</exception>
    public async Task<Deployment> ReadAsync(AnsibleEnvironment ansible, CancellationToken cancellationToken = default)
    {
        var inventory = await new InventoryReader(commands, ansible).ReadAsync(cancellationToken);
        secrets.Add(SecretSources.OfInventory(inventory));
        var templates = new TemplateEvaluator(commands, ansible);
        if (SecretSources.Encrypted(inventory) is { Count: > 0 } encrypted)
            secrets.Add(SecretSources.OfAnswers(await templates.ResolveAsync(encrypted, cancellationToken)));
        var connections = new ConnectionVariables(templates.ResolveAsync, ansible.Defaults);
        return new Deployment(ansible, await connections.ResolveAsync(inventory, cancellationToken), rootDirectory);
    }
}
