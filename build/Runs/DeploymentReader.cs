using KubeLab.Ansible;
using KubeLab.Records;
using KubeLab.Variables;

namespace KubeLab.Runs;

/// <summary>Reads the inventory, and makes its secrets known before anything of it is shown.</summary>
/// <param name="rootDirectory">The folder that paths are shown relative to.</param>
public sealed class DeploymentReader(CommandRunner commands, SecretMask secrets, string rootDirectory)
{
    /// <summary>Reads what a run goes by.</summary>
    /// <exception cref="UserError">Ansible can't parse the inventory.</exception>
    public async Task<Deployment> ReadAsync(AnsibleEnvironment ansible, CancellationToken cancellationToken = default)
    {
        var inventory = await new InventoryReader(commands, ansible, rootDirectory).ReadAsync(cancellationToken);
        secrets.Add(SecretSources.OfInventory(inventory));
        secrets.Add(await OfEncryptedFilesAsync(ansible, cancellationToken));
        var templates = new TemplateEvaluator(commands, ansible);
        if (SecretSources.Encrypted(inventory) is { Count: > 0 } encrypted)
        {
            var answers = await templates.ResolveAsync(encrypted, cancellationToken);
            secrets.Add(SecretSources.OfAnswers(answers));
            inventory = inventory.With(encrypted.Zip(answers).Where(each => each.Second.Value is not null)
                .ToLookup(each => each.First.Node.Name, each => (each.First.Variable, each.Second.Value!.Value)));
        }

        var connections = new ConnectionVariables(templates.ResolveAsync, ansible.Defaults);
        return new Deployment(ansible, await connections.ResolveAsync(inventory, cancellationToken), rootDirectory);
    }

    // One that Ansible can't decrypt holds nothing that this run could tell.
    private async Task<IEnumerable<string>> OfEncryptedFilesAsync(AnsibleEnvironment ansible, CancellationToken cancellationToken)
    {
        var files = SecretSources.EncryptedFiles(ansible.Cluster, ansible.ExtraVariables);
        var views = await Task.WhenAll(files.Select(file => commands.RunAsync(
            ansible.Toolchain.Command("ansible-vault", "view", file) with { Environment = ansible.ForInventory() },
            cancellationToken: cancellationToken)));
        return views.Where(view => view.Succeeded).SelectMany(view => SecretSources.OfEncryptedFile(view.StandardOutput));
    }
}
