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
    /// <summary>The control plane nodes, in the inventory's order: the first is the one that Kubespray initialises.</summary>
    public IReadOnlyList<Node> ControlPlane => InGroupOrder(NodeGroups.ControlPlane);

    /// <summary>The etcd members, in the inventory's order.</summary>
    public IReadOnlyList<Node> EtcdMembers => InGroupOrder(NodeGroups.Etcd);

    /// <summary>The workers, in the inventory's order.</summary>
    public IReadOnlyList<Node> Workers => InGroupOrder(NodeGroups.Worker);

    /// <summary>The inventory as it will be once these nodes are taken out of it.</summary>
    public Inventory Without(IReadOnlyCollection<string> names) => this with
    {
        Nodes = [.. Nodes.Where(node => !names.Contains(node.Name))],
        Others = [.. Others.Where(node => !names.Contains(node.Name))],
        Groups = Groups.ToDictionary(
            group => group.Key,
            IReadOnlyList<string> (group) => [.. group.Value.Where(name => !names.Contains(name))],
            StringComparer.Ordinal),
    };

    /// <summary>The inventory as it is for a playbook that is given a variable which outranks the inventory's own.</summary>
    public Inventory With(string variable, string value)
    {
        var json = JsonSerializer.SerializeToElement(value);
        Node Set(Node node) => node with
        {
            Variables = new Dictionary<string, JsonElement>(node.Variables, StringComparer.Ordinal) { [variable] = json },
        };
        return this with { Nodes = [.. Nodes.Select(Set)], Others = [.. Others.Select(Set)] };
    }

    private List<Node> InGroupOrder(string group)
    {
        var byName = Nodes.ToDictionary(node => node.Name);
        return [.. Groups.GetValueOrDefault(group, []).Where(byName.ContainsKey).Select(name => byName[name])];
    }
}
