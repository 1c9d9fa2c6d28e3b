using KubeLab.Distributions;

namespace KubeLab.Lifecycle;

/// <summary>The nodes that leave a cluster, once it is clear that the cluster outlives it.</summary>
/// <param name="Names">Their names, in the order in which they were given.</param>
/// <param name="AreGone">Whether the machines don't answer any more, so that nothing is taken off them.</param>
public sealed partial record NodeDeparture(IReadOnlyList<string> Names, bool AreGone)
{
    /// <summary>Judges a removal by the inventory.</summary>
    /// <exception cref="UserError">None is named, one is no node of the cluster, or the cluster would not outlive it.</exception>
    public static NodeDeparture Judge(Inventory inventory, IReadOnlyList<string> names, bool areGone)
    {
        var known = inventory.Nodes.Select(node => node.Name).ToList();
        if (names.Count == 0)
            throw new UserError(
                "No node is named that is to leave.",
                $"Name it: --node {known.LastOrDefault() ?? "NAME"}; several with commas between them.");
        foreach (var name in names.Where(name => !known.Contains(name)))
            throw new UserError(
                $"{name} is no node of this inventory.{NearestName.Hint(name, known)}",
                $"There are: {string.Join(", ", known)}.");
        KeepFirst(inventory.ControlPlane, names, "the first control plane node, on which all others lean", "kube_control_plane");
        KeepFirst(inventory.EtcdMembers, names, "the first etcd member, from which the others are managed", "etcd");
        KeepQuorum(inventory.EtcdMembers, names);
        if (inventory.Workers.Count > 0 && inventory.Workers.All(node => names.Contains(node.Name)))
            throw new UserError("No worker would be left to run pods on.", "To take the whole cluster down: ./build.sh Reset.");
        return new NodeDeparture([.. names.Distinct()], areGone)
        { FirstMember = inventory.EtcdMembers is [var first, ..] ? first.Name : null };
    }

    private string? FirstMember { get; init; }

    /// <summary>What the playbook is told: booleans as booleans, the answer to its question as it wants it. Up to v2.18 it asks
    /// etcd at an address out of the facts, which are left out, where the inventory has no <c>ip</c>. As it asks on the first
    /// member, that can be the one that later releases take.</summary>
    /// <param name="playbook">The playbook, and its text.</param>
    public IReadOnlyDictionary<string, object> Answers(Playbook playbook, string text)
    {
        var answers = new Dictionary<string, object>(playbook.Answers, StringComparer.Ordinal)
        { ["node"] = string.Join(',', Names) };
        if (AreGone)
        {
            answers["reset_nodes"] = false;
            answers["allow_ungraceful_removal"] = true;
            if (FirstMember is not null && FactsOfAll().IsMatch(text))
                answers["fallback_ips"] = new Dictionary<string, string> { [FirstMember] = "127.0.0.1" };
        }

        return answers;
    }

    /// <summary>What is left out where the machines are gone: from v2.24 on, Kubespray's bootstrap role fails on all nodes when
    /// the facts are not gathered, as it looks for a file by the system, unknown then. Its tag has two spellings.</summary>
    /// <param name="playbook">The playbook's text: up to v2.18 it gathers facts of all, and who gives none is out of it then.
    /// Those tasks can be left out by their tag alone, which nothing has that a removal without the machine needs.</param>
    public IReadOnlyList<string> SkipTags(string playbook) =>
        !AreGone ? [] : ["bootstrap-os", "bootstrap_os", .. FactsOfAll().IsMatch(playbook) ? ["always"] : Array.Empty<string>()];

    [GeneratedRegex(
        @"^  import_playbook: *(\S*/)?facts\.ya?ml *\r?\n(?! +when:)",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture, 60_000)]
    private static partial Regex FactsOfAll();

    // Kubespray's remove-node.yml says so itself: "Currently cannot remove first control plane node or first etcd node".
    private static void KeepFirst(IReadOnlyList<Node> group, IReadOnlyList<string> names, string what, string groupName)
    {
        if (group.Count > 0 && names.Contains(group[0].Name))
            throw new UserError(
                $"{group[0].Name} is {what}, and can't be removed from a living cluster.",
                group.Count == 1
                    ? "To take the whole cluster down: ./build.sh Reset."
                    : $"Put another of {groupName} first in the inventory, run ./build.sh InstallCluster, and then remove {group[0].Name}.");
    }

    // Members leave one after the other, and each departure needs more than half of those that are there at the start.
    private static void KeepQuorum(IReadOnlyList<Node> members, IReadOnlyList<string> names)
    {
        var leaving = members.Where(member => names.Contains(member.Name)).Select(member => member.Name).ToList();
        var quorum = (members.Count / 2) + 1;
        if (leaving.Count > 0 && members.Count - leaving.Count < quorum)
            throw new UserError(
                $"etcd would lose its quorum: of {members.Count} members {quorum} have to stay, and without {string.Join(", ", leaving)} there are {members.Count - leaving.Count}.",
                "Remove them one at a time, with a run of ./build.sh InstallCluster between, or add members first.");
    }
}
