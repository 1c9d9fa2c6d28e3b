using KubeLab.Variables;

namespace KubeLab.Preflight;

/// <summary>Which node has to reach which port of which other (kubernetes.io, Ports and Protocols; etcd.io).</summary>
public static class PortMatrix
{
    /// <summary>How many nodes are tried in full; of more, a sample.</summary>
    public static int Most => 20;

    private const int EtcdPeers = 2380;

    /// <summary>The nodes that are tried: all up to <see cref="Most"/>; of more, members of the control plane and of etcd for at
    /// most half of it, and others spread evenly over the inventory.</summary>
    public static IReadOnlyList<Node> Sample(IReadOnlyList<Node> nodes)
    {
        if (nodes.Count <= Most)
            return nodes;
        var first = nodes.Where(node => node.IsControlPlane || node.IsEtcdMember).Take(Most / 2).ToList();
        var others = nodes.Except(first).ToList();
        var wanted = Most - first.Count;
        var spread = Enumerable.Range(0, wanted).Select(i => others[(int)((long)i * others.Count / wanted)]);
        return [.. first, .. spread];
    }

    /// <summary>The ports of a node that another one has to reach.</summary>
    public static IEnumerable<RolePort> Needed(Node from, Node to, ClusterVariables variables) =>
        from.Name == to.Name ? [] : RolePorts.Of(to, variables).Where(port => !port.IsLocal && IsCaller(from, port, variables));

    /// <summary>The plan of each node.</summary>
    public static IReadOnlyDictionary<Node, ConnectivityPlan> Plans(
        IReadOnlyList<Node> nodes, ClusterVariables variables,
        Func<Node, IEnumerable<ConnectivityTarget>> downloads) => nodes.ToDictionary(
        node => node,
        node => new ConnectivityPlan(
            [.. nodes.SelectMany(other => Needed(other, node, variables)).Select(port => port.Number).Distinct()],
            [.. nodes.SelectMany(other =>
                Needed(node, other, variables).Select(port => new ConnectivityTarget(other.AccessAddress, port.Number)))
                .Concat(downloads(node)).Distinct()]));

    private static bool IsCaller(Node from, RolePort port, ClusterVariables variables) => port.Owners[0] switch
    {
        "kube-apiserver" => from.JoinsCluster,
        "kubelet" => from.IsControlPlane,
        "etcd" => RolePorts.RunsEtcd(from, variables) || (from.IsControlPlane && port.Number != EtcdPeers),
        _ => false,
    };
}
