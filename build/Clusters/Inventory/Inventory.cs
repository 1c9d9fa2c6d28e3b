namespace KubeLab.Clusters;

/// <summary>What Ansible makes of an inventory: the machines of the cluster, in the inventory's order.</summary>
/// <param name="Source">The inventory file, folder or script that Ansible read.</param>
/// <param name="Nodes">The machines in <c>kube_control_plane</c>, <c>etcd</c>, <c>kube_node</c> or <c>calico_rr</c>.</param>
/// <param name="Others">Machines without a role, such as a bastion.</param>
/// <param name="Groups">The members of each group, by today's group names, child groups included.</param>
public sealed record Inventory(
    string Source,
    IReadOnlyList<Node> Nodes,
    IReadOnlyList<Node> Others,
    IReadOnlyDictionary<string, IReadOnlyList<string>> Groups,
    IReadOnlyDictionary<string, IReadOnlyList<string>> Children)
{
    /// <summary>The members of each group by the name that the inventory itself has, child groups included.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Written { get; init; } = Groups;

    /// <summary>What Ansible warned of while it read the inventory.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The control plane nodes, in the inventory's order: the first is the one that Kubespray initialises.</summary>
    public IReadOnlyList<Node> ControlPlane => InGroupOrder(NodeGroups.ControlPlane);

    /// <summary>The etcd members, in the inventory's order.</summary>
    public IReadOnlyList<Node> EtcdMembers => InGroupOrder(NodeGroups.Etcd);

    /// <summary>The workers, in the inventory's order.</summary>
    public IReadOnlyList<Node> Workers => InGroupOrder(NodeGroups.Worker);

    /// <summary>The machine of this name, with or without a role.</summary>
    /// <exception cref="UserError">There is none; the error lists those there are.</exception>
    public Node Named(string name)
    {
        var all = Nodes.Concat(Others).ToList();
        var names = all.ConvertAll(node => node.Name);
        return all.Find(node => node.Name == name) ?? throw new UserError(
            $"There is no node {name}.{NearestName.Hint(name, names)}", $"There are: {string.Join(", ", names)}.");
    }

    /// <summary>The inventory as it will be once these nodes are taken out of it.</summary>
    public Inventory Without(IReadOnlyCollection<string> names) => this with
    {
        Nodes = [.. Nodes.Where(node => !names.Contains(node.Name))],
        Others = [.. Others.Where(node => !names.Contains(node.Name))],
        Groups = Without(Groups, names),
        Written = Without(Written, names),
    };

    /// <summary>The inventory as it is for a playbook that is given a variable which outranks the inventory's own.</summary>
    public Inventory With(string variable, string value)
    {
        var json = JsonSerializer.SerializeToElement(value);
        return With(Nodes.Concat(Others).ToLookup(node => node.Name, _ => (variable, json)));
    }

    /// <summary>The inventory with other values of some variables, by the node's name.</summary>
    public Inventory With(ILookup<string, (string Variable, JsonElement Value)> values)
    {
        return this with { Nodes = [.. Nodes.Select(Set)], Others = [.. Others.Select(Set)] };

        Node Set(Node node)
        {
            if (!values.Contains(node.Name))
                return node;
            var variables = node.Variables.ToDictionary(StringComparer.Ordinal);
            foreach (var (variable, value) in values[node.Name])
                variables[variable] = value;
            return node with { Variables = variables };
        }
    }

    private static Dictionary<string, IReadOnlyList<string>> Without(
        IReadOnlyDictionary<string, IReadOnlyList<string>> groups, IReadOnlyCollection<string> names) => groups.ToDictionary(
            group => group.Key, IReadOnlyList<string> (group) => [.. group.Value.Where(name => !names.Contains(name))],
                StringComparer.Ordinal);

    private List<Node> InGroupOrder(string group)
    {
        var byName = Nodes.ToDictionary(node => node.Name);
        return [.. Groups.GetValueOrDefault(group, []).Where(byName.ContainsKey).Select(name => byName[name])];
    }
}
