using KubeLab.Ssh;
using KubeLab.Variables;

namespace KubeLab.Ansible;

/// <summary>Resolves what an inventory gives as templates for the way to a node, so that KubeLab connects just as the playbook
/// will; and takes the distribution's own default for that way, by which Kubespray goes through a machine called
/// <c>bastion</c>.</summary>
public sealed class ConnectionVariables(TemplateResolver resolver, DistributionDefaults defaults)
{
    private const string Way = "ansible_ssh_common_args";

    /// <summary>The inventory with the templates resolved. Where one has no value, its node says why.</summary>
    public async Task<Inventory> ResolveAsync(Inventory inventory, CancellationToken cancellationToken = default)
    {
        List<TemplateRequest> requests =
            [.. inventory.Nodes.Concat(inventory.Others).SelectMany(OfInventory), .. OfDistribution(inventory)];
        if (requests.Count == 0)
            return inventory;
        var results = await resolver(requests, cancellationToken);
        var answers = requests.Zip(results).ToLookup(
            pair => pair.First.Node.Name, pair => (pair.First.Variable, Result: pair.Second));
        return inventory with { Nodes = [.. inventory.Nodes.Select(With)], Others = [.. inventory.Others.Select(With)] };

        Node With(Node node)
        {
            if (!answers.Contains(node.Name))
                return node;
            var variables = node.Variables.ToDictionary(StringComparer.Ordinal);
            foreach (var (variable, result) in answers[node.Name].Where(each => each.Result.Value is not null))
                variables[variable] = result.Value!.Value;
            var unresolved = answers[node.Name].Where(each => each.Result.Value is null).ToDictionary(
                each => each.Variable, each => each.Result.Error ?? "it gave no value", StringComparer.Ordinal);
            // ip and access_ip say nothing of the way there, and may be made of facts, which nobody has yet.
            var problem = unresolved.FirstOrDefault(each => each.Key.StartsWith("ansible_", StringComparison.Ordinal)).Value;
            return node with { Variables = variables, UnresolvedConnection = problem, Unresolved = unresolved };
        }
    }

    private static IEnumerable<TemplateRequest> OfInventory(Node node) => SshOptions.Variables
        .Where(name => node.Variables.TryGetValue(name, out var value) && EffectiveVariable.IsTemplate(value))
        .Select(name => new TemplateRequest(node, name, node.Variables[name], IsDefault: false));

    // Such a machine has no role: where all have one, the default leads through none, and Ansible need not be asked.
    private IEnumerable<TemplateRequest> OfDistribution(Inventory inventory)
    {
        if (inventory.Others.Count == 0 || defaults.Find(Way) is not { IsTemplate: true } standard)
            return [];
        var expression = YamlScalar.ToJson(standard.Value, standard.IsQuoted);
        return inventory.Nodes.Where(node => !node.IsLocal && !node.Variables.ContainsKey(Way)).Select(
            node => new TemplateRequest(node, Way, expression, IsDefault: true));
    }
}
