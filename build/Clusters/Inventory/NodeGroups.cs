namespace KubeLab.Clusters;

/// <summary>
/// The inventory groups that give a node its role, as Kubespray names them; the names before v2.16 are mapped to today's, as
/// Kubespray itself does.
/// </summary>
public static class NodeGroups
{
    /// <summary>Nodes that run the control plane.</summary>
    public const string ControlPlane = "kube_control_plane";

    /// <summary>Members of the etcd cluster.</summary>
    public const string Etcd = "etcd";

    /// <summary>Nodes that run workloads.</summary>
    public const string Worker = "kube_node";

    private static readonly Dictionary<string, string> Renamed = new()
    {
        ["kube-master"] = ControlPlane,
        ["kube-node"] = Worker,
        ["k8s-cluster"] = "k8s_cluster",
        ["calico-rr"] = "calico_rr",
        ["no-floating"] = "no_floating",
    };

    /// <summary>The groups whose members belong to a cluster.</summary>
    public static IReadOnlyList<string> WithRole { get; } = [ControlPlane, Etcd, Worker, "calico_rr"];

    /// <summary>A group's name today, and those that it went by before.</summary>
    public static IEnumerable<string> Names(string group) =>
        Renamed.Where(pair => pair.Value == group && pair.Key != group).Select(pair => pair.Key).Prepend(group);

    /// <summary>A group's name today.</summary>
    public static string Today(string group) => Renamed.GetValueOrDefault(group, group);
}
