namespace KubeLab.Ansible;

/// <summary>Refuses a limit that would leave the cluster half configured: every member of etcd is configured with the addresses
/// of all, and every control plane node joins through the first.</summary>
public static class LimitGuard
{
    /// <summary>Judges a limit.</summary>
    /// <exception cref="UserError">It leaves etcd or the first control plane half configured.</exception>
    public static void Check(Inventory inventory, string limit, IReadOnlyList<string> hosts)
    {
        var chosen = hosts.ToHashSet();
        var left = inventory.EtcdMembers.Select(node => node.Name).Where(name => !chosen.Contains(name)).ToList();
        if (left.Count > 0 && inventory.EtcdMembers.Any(node => chosen.Contains(node.Name)))
            throw Refused(
                limit, inventory, chosen,
                $"it has members of etcd in it, but not all: {string.Join(", ", left)} would not learn of the others' addresses and certificates");
        var first = inventory.ControlPlane.Select(node => node.Name).FirstOrDefault();
        if (first is not null && !chosen.Contains(first) && inventory.ControlPlane.Any(node => chosen.Contains(node.Name)))
            throw Refused(
                limit, inventory, chosen,
                $"it has control plane nodes in it, but not the first, {first}, through which they join");
    }

    /// <summary>The least limit around some nodes that is not refused.</summary>
    public static IReadOnlyList<string> Around(Inventory inventory, IReadOnlySet<string> nodes)
    {
        var needsAll = inventory.EtcdMembers.Concat(inventory.ControlPlane).Any(node => nodes.Contains(node.Name));
        var around = inventory.Nodes.Where(
            node => nodes.Contains(node.Name) || (needsAll && (node.IsEtcdMember || node.IsControlPlane)));
        return [.. around.Select(node => node.Name)];
    }

    private static UserError Refused(string limit, Inventory inventory, HashSet<string> chosen, string reason) => new(
        $"--limit {ShellWords.Quote(limit)} is refused: {reason}.",
        $"Widen it: --limit {ShellWords.Quote(string.Join(',', Around(inventory, chosen)))}");
}
