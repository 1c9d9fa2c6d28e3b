namespace KubeLab.Lifecycle;

/// <summary>What is broken of a control plane and what is left of it, as Kubespray's docs/operations/recover-control-plane.md
/// wants the inventory: the broken nodes in groups of their own, a surviving one first in the others.</summary>
/// <param name="Working">The control plane nodes and etcd members that survive or replace them.</param>
/// <param name="BrokenMembers">The broken members by the names that they have in etcd.</param>
public sealed record ControlPlaneRecovery(
    IReadOnlyList<string> Broken, IReadOnlyList<string> Working, IReadOnlyList<string> BrokenMembers)
{
    private const string BrokenEtcd = "broken_etcd";
    private const string BrokenControlPlane = "broken_kube_control_plane";

    /// <summary>What the playbook is limited to: the broken nodes don't answer.</summary>
    public static string Limit => "etcd,kube_control_plane";

    /// <summary>Gives etcd the time that the document asks for.</summary>
    public static IReadOnlyDictionary<string, object> Answers { get; } = new Dictionary<string, object>()
    { ["etcd_retries"] = 10 };

    /// <summary>Judges a recovery by the inventory.</summary>
    /// <exception cref="UserError">No node is called broken, none that works comes first, or the playbook can't recover such an
    /// etcd.</exception>
    public static ControlPlaneRecovery Judge(Inventory inventory, EtcdKind etcd)
    {
        etcd.RequireRecoverable();
        var brokenEtcd = inventory.Groups.GetValueOrDefault(BrokenEtcd, []);
        IReadOnlyList<string> broken =
            [.. brokenEtcd.Concat(inventory.Groups.GetValueOrDefault(BrokenControlPlane, [])).Distinct()];
        if (broken.Count == 0)
            throw new UserError(
                "The inventory calls no node broken, so there is nothing to recover from.",
                $"Put the broken nodes into the groups {BrokenEtcd} and {BrokenControlPlane}, and what replaces them at the end of etcd and kube_control_plane.");
        RequireWorkingFirst(inventory.ControlPlane, broken, NodeGroups.ControlPlane);
        RequireWorkingFirst(inventory.EtcdMembers, broken, NodeGroups.Etcd);
        return new ControlPlaneRecovery(
            broken,
            [.. inventory.ControlPlane.Concat(inventory.EtcdMembers).Select(node => node.Name).Except(broken).Distinct()],
            MemberNames(inventory, brokenEtcd));
    }

    private static void RequireWorkingFirst(IReadOnlyList<Node> group, IReadOnlyList<string> broken, string name)
    {
        if (group.Count == 0 || group.All(node => broken.Contains(node.Name)))
            throw new UserError(
                $"No node of {name} is left that works, and one has to be.",
                "Restore the cluster from a backup of etcd instead.");
        if (group.FirstOrDefault(node => broken.Contains(node.Name)) is { } stillThere)
            throw new UserError(
                $"{stillThere.Name} is broken and still in {name}.",
                $"Take it out of {name}, so that a node that works comes first; it stays in {BrokenEtcd} or {BrokenControlPlane}.");
    }

    private static IReadOnlyList<string> MemberNames(Inventory inventory, IReadOnlyList<string> brokenEtcd)
    {
        var members = inventory.Nodes.Concat(inventory.Others).Where(node => brokenEtcd.Contains(node.Name))
            .ToLookup(node => node.Text("etcd_member_name") ?? "", node => node.Name);
        var unnamed = members[""].ToList();
        if (unnamed.Count > 0)
            throw new UserError(
                $"{string.Join(", ", unnamed)}: without etcd_member_name, the playbook can't tell which member of etcd to remove.",
                "Set etcd_member_name to the name that the member has in etcd, such as etcd2, at the node in the inventory.");
        return [.. members.Select(member => member.Key)];
    }
}
