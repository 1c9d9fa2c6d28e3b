using KubeLab.Kubernetes;

namespace KubeLab.Lifecycle;

/// <summary>Whether etcd outlives the replacement of a member, by what its members say.</summary>
public static class EtcdQuorum
{
    /// <summary>Asks and judges: what is left has to be enough to remove a member, to do without it, and to take a new one in,
    /// which counts before it answers.</summary>
    /// <param name="client">The way to members that stay.</param>
    /// <returns>The members' names by their nodes, and what was found, in a sentence.</returns>
    /// <exception cref="UserError">It would not, or that can't be told.</exception>
    public static async Task<(IReadOnlyDictionary<string, string> Names, string Said)> JudgeAsync(
        IEtcdClient client, Inventory inventory, Node leaving, CancellationToken cancellationToken = default)
    {
        var list = await client.RunAsync(["member", "list", "-w", "json", .. EtcdStores.Limits], cancellationToken);
        var members = EtcdMember.ReadList(list.Output);
        if (members.Count == 0)
            throw new UserError(
                $"Who is a member of etcd can't be told, so it isn't known whether it would keep its quorum: {PlainText.Line(list.Error.Trim())}",
                "Bring its members back first, or, where too many are lost for good: RecoverControlPlane. Nothing was changed.");
        var answering = EtcdStatus.ReadList((await EtcdStores.StatusAsync(client, cancellationToken)).Output)
            .Where(status => status.Leader != 0).Select(status => status.MemberId).ToHashSet();
        var others = members.Where(member => !Is(member, leaving)).ToList();
        var silent = others.Where(member => !answering.Contains(member.Id)).Select(member => Named(member, inventory)).ToList();
        var most = Math.Max(members.Count, inventory.EtcdMembers.Count);
        var (well, quorum) = (others.Count - silent.Count, (most / 2) + 1);
        if (well < quorum)
            throw new UserError(
                $"etcd would lose its quorum: of {most} members {quorum} have to work while {leaving.Name} is replaced, and without it {well} do."
                    + (silent.Count > 0 ? $" Silent: {string.Join(", ", silent)}." : ""),
                silent.Count > 0 ? "Mend those that are silent, then the same again. Nothing was changed."
                    : "Add members at the end of the group etcd, and run ./build.sh InstallCluster, then the same again. Nothing was changed.");
        return (
            Names(members, inventory),
            $"etcd keeps its quorum: without {leaving.Name} {well} of {most} members work, and {quorum} have to"
                + (silent.Count > 0 ? $"; silent: {string.Join(", ", silent)}" : ""));
    }

    // One that has not started has no name and no clients: the playbooks would give it the name by its place.
    private static Dictionary<string, string> Names(IReadOnlyList<EtcdMember> members, Inventory inventory) =>
        inventory.EtcdMembers.Index().ToDictionary(
            each => each.Item.Name,
            each => members.FirstOrDefault(member => member.Name.Length > 0 && Is(member, each.Item))?.Name
                ?? each.Item.Text(NodeReplacement.MemberVariable) ?? $"etcd{each.Index + 1}",
            StringComparer.Ordinal);

    private static bool Is(EtcdMember member, Node node) =>
        member.Hosts.Any(host => host == node.AccessAddress || host == node.Address || host == node.Text("ip"))
        || (member.Name.Length > 0 && member.Name == node.Text(NodeReplacement.MemberVariable));

    private static string Named(EtcdMember member, Inventory inventory) =>
        inventory.EtcdMembers.FirstOrDefault(node => Is(member, node))?.Name
            ?? (member.Name.Length > 0 ? member.Name : $"a member that never started ({member.Id:x})");
}
