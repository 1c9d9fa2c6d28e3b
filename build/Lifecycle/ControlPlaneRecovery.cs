using KubeLab.Ssh;

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

    /// <summary>Refuses a recovery for which each broken member has to answer, where one doesn't.</summary>
    /// <exception cref="UserError">One is silent.</exception>
    public async Task RequireAnswersAsync(INodeShell shell, Inventory inventory, CancellationToken cancellationToken = default)
    {
        var members = inventory.Nodes.Concat(inventory.Others)
            .Where(node => inventory.Groups.GetValueOrDefault(BrokenEtcd, []).Contains(node.Name)).ToList();
        var answers = await Task.WhenAll(members.Select(node => shell.RunAsync(
            node, NodeCommand.Script("exit 0") with { IsRepeatable = true }, cancellationToken)));
        if (members.Zip(answers).Where(each => each.Second.Failure is not null).Select(each => each.First.Name).ToList()
            is not { Count: > 0 } silent)
            return;
        var names = string.Join(", ", silent);
        throw new UserError(
            $"{names}: no answer, and this release's playbook stops there. It has broken members remove their data, and takes the silence of one for that of {inventory.EtcdMembers[0].Name}, on which it works.",
            OtherWay(silent));
    }

    /// <summary>What recovers broken nodes too, as long as etcd has its quorum.</summary>
    internal static string OtherWay(IReadOnlyList<string> names) =>
        $"etcd has its quorum, so there is another way: put {string.Join(", ", names)} back into etcd and kube_control_plane, behind those that work, and leave out what is new; run ./build.sh RemoveNode --node {string.Join(',', names)} --node-is-gone (without that, if the machine answers); then ./build.sh Deploy, with what replaces it. Nothing was changed.";

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
