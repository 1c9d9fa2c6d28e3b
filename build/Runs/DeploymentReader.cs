using System.Text.RegularExpressions;
using KubeLab.Ansible;
using KubeLab.Records;
using KubeLab.Ssh;
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
        var templates = new TemplateEvaluator(commands, ansible);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // As thousands of them take as long as to read the inventory, Ansible resolves them meanwhile.
        var foreseen = HasTemplatesOnTheWay(ansible.Cluster)
            ? templates.ResolveAllAsync(SshOptions.Variables, ending.Token) : null;
        var inventory = await ReadInventoryAsync(ansible, foreseen, ending);
        secrets.Add(SecretSources.OfInventory(inventory));
        secrets.Add(await OfEncryptedFilesAsync(ansible, cancellationToken));
        if (SecretSources.Encrypted(inventory) is { Count: > 0 } encrypted)
        {
            var answers = await templates.ResolveAsync(encrypted, cancellationToken);
            secrets.Add(SecretSources.OfAnswers(answers));
            inventory = inventory.With(encrypted.Zip(answers).Where(each => each.Second.Value is not null)
                .ToLookup(each => each.First.Node.Name, each => (each.First.Variable, each.Second.Value!.Value)));
        }

        var resolver = Resolver(templates, foreseen is null ? null : await foreseen);
        var connections = new ConnectionVariables(resolver, ansible.Defaults);
        return new Deployment(ansible, await connections.ResolveAsync(inventory, cancellationToken), rootDirectory);
    }

    private async Task<Inventory> ReadInventoryAsync(
        AnsibleEnvironment ansible, Task? foreseen, CancellationTokenSource ending)
    {
        try
        {
            return await new InventoryReader(commands, ansible, rootDirectory).ReadAsync(ending.Token);
        }
        catch
        {
            await ending.CancelAsync();
            if (foreseen is not null)
                await foreseen.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    // By the text alone: what isn't found this way is resolved when the inventory has been read.
    private static bool HasTemplatesOnTheWay(Cluster cluster)
    {
        try
        {
            return VariableFiles.Beside(cluster.Inventories, cluster.Directory).Readable.Select(file => file.Path)
                .Concat(cluster.Inventories.Where(File.Exists)).Any(file => File.ReadLines(file).Any(TemplateOnTheWay.IsMatch));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static readonly Regex TemplateOnTheWay = new(
        $$"""(?:^|\W)(?:{{string.Join('|', SshOptions.Variables)}})["']?\s*[=:].*\{\{""",
        RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, Regex.InfiniteMatchTimeout);

    private static TemplateResolver Resolver(
        TemplateEvaluator templates, ILookup<string, (string Variable, TemplateResult Result)>? foreseen) =>
        async (requests, cancellationToken) =>
        {
            var known = requests.Select(request => request.IsDefault ? null : foreseen?[request.Node.Name]
                .FirstOrDefault(each => each.Variable == request.Variable).Result).ToList();
            var others = new Queue<TemplateResult>(await templates.ResolveAsync(
                [.. requests.Where((_, index) => known[index] is null)], cancellationToken));
            return [.. known.Select(each => each ?? others.Dequeue())];
        };

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
