namespace KubeLab.Clusters;

/// <summary>Fills the nodes of a new cluster into Kubespray's sample <c>inventory.ini</c>, in either of its shapes: up to v2.26
/// all host lines stand in <c>[all]</c>; from v2.27 a host's line stands where it is named first, and <c>etcd</c> has the control
/// plane for its child. Every line of the sample stays, its comments too.</summary>
public static class SampleInventory
{
    private const string EtcdChildren = "[etcd:children]";

    /// <summary>The sample with the nodes in it.</summary>
    /// <exception cref="UserError">The sample lacks a group.</exception>
    public static string Fill(string sample, NewClusterPlan plan)
    {
        var lines = sample.ReplaceLineEndings("\n").Split('\n');
        foreach (var group in new[] { "kube_control_plane", "etcd", "kube_node" })
        {
            if (!lines.Any(line => IsHeader(line, group) || (group == "etcd" && line.Trim() == EtcdChildren)))
                throw new UserError(
                    $"The distribution's sample inventory has no [{group}], so the nodes can't be filled in.",
                    "Copy inventory/sample of KubeLab instead, and put the nodes in by hand.");
        }

        var written = new HashSet<string>();
        var filled = new List<string>();
        var inReplacedGroup = false;
        foreach (var line in lines)
        {
            if (line.StartsWith('['))
                inReplacedGroup = line.Trim() == EtcdChildren && plan.EtcdMembers.Count != plan.ControlPlaneCount;
            if (inReplacedGroup && line.Trim() == EtcdChildren)
                filled.AddRange([$"# {line}", "[etcd]", .. HostLines(plan.EtcdMembers, plan, written)]);
            else if (inReplacedGroup && line.Trim().Length > 0 && !line.StartsWith('#'))
                filled.Add($"# {line}");
            else
                filled.AddRange([line, .. HostLines(MembersOf(line, plan), plan, written)]);
        }

        return string.Join('\n', filled);
    }

    private static IReadOnlyList<NewNode> MembersOf(string line, NewClusterPlan plan) =>
        IsHeader(line, "all") ? plan.Nodes
        : IsHeader(line, "kube_control_plane") ? plan.ControlPlane
        : IsHeader(line, "etcd") ? plan.EtcdMembers
        : IsHeader(line, "kube_node") ? plan.Workers
        : [];

    // A host's variables stand where it is named first.
    private static IEnumerable<string> HostLines(IReadOnlyList<NewNode> nodes, NewClusterPlan plan, HashSet<string> written)
    {
        foreach (var node in nodes)
        {
            var member = plan.EtcdMembers.Index().FirstOrDefault(each => each.Item == node);
            yield return written.Add(node.Name)
                ? $"{node.Name} ansible_host={node.Address}{(member.Item is null ? "" : $" etcd_member_name=etcd{member.Index + 1}")}"
                : node.Name;
        }
    }

    private static bool IsHeader(string line, string group) => line.Trim() == $"[{group}]";
}
