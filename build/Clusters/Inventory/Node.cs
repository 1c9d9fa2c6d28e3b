namespace KubeLab.Clusters;

/// <summary>One machine of the inventory, with the variables that Ansible gives it.</summary>
/// <param name="Groups">Every group that it is in, directly or through a child group, old group names mapped to today's.</param>
/// <param name="Variables">Its variables after Ansible's precedence, as JSON; templates are not resolved.</param>
public sealed record Node(string Name, IReadOnlySet<string> Groups, IReadOnlyDictionary<string, JsonElement> Variables)
{
    /// <summary>Why Ansible can't resolve the templates of the way to it; null where it can, or where there are none.</summary>
    public string? UnresolvedConnection { get; init; }

    /// <summary>Why the templates of variables have no value, by their names, as far as Ansible was asked for them.</summary>
    public IReadOnlyDictionary<string, string> Unresolved { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether it runs the control plane (<c>kube_control_plane</c>).</summary>
    public bool IsControlPlane => Groups.Contains(NodeGroups.ControlPlane);

    /// <summary>Whether it is a member of etcd (<c>etcd</c>).</summary>
    public bool IsEtcdMember => Groups.Contains(NodeGroups.Etcd);

    /// <summary>Whether it runs workloads (<c>kube_node</c>).</summary>
    public bool IsWorker => Groups.Contains(NodeGroups.Worker);

    /// <summary>Whether the kubelet runs on it: in the control plane or a worker. An etcd-only machine is no node.</summary>
    public bool JoinsCluster => IsControlPlane || IsWorker;

    /// <summary>Where it is reached: <c>ansible_ssh_host</c>, which Ansible puts first, <c>ansible_host</c>, its name.</summary>
    public string Address => Text("ansible_ssh_host") ?? Text("ansible_host") ?? Name;

    /// <summary>The address that other nodes use: <c>access_ip</c>, else <c>ip</c>, else <see cref="Address"/>.</summary>
    public string AccessAddress => Text("access_ip") ?? Text("ip") ?? Address;

    /// <summary>Whether Ansible runs its tasks on the control machine itself (<c>ansible_connection=local</c>).</summary>
    public bool IsLocal => Text("ansible_connection") == "local";

    /// <summary>A variable's value as text, or null where it isn't set; a template comes as it is written.</summary>
    public string? Text(string variable) => Variables.TryGetValue(variable, out var value) ? AsText(value) : null;

    private static string? AsText(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => null,
        JsonValueKind.String => value.GetString(),
        _ => value.GetRawText(),
    };
}

/// <summary>The inventory groups that give a node its role, as Kubespray names them; the names before v2.16 are mapped to
/// today's, as Kubespray itself does.</summary>
public static class NodeGroups
{
    /// <summary>Nodes that run the control plane.</summary>
    public static string ControlPlane => "kube_control_plane";

    /// <summary>Members of the etcd cluster.</summary>
    public static string Etcd => "etcd";

    /// <summary>Nodes that run workloads.</summary>
    public static string Worker => "kube_node";

    /// <summary>All nodes of Kubernetes.</summary>
    public static string Cluster => "k8s_cluster";

    private static readonly Dictionary<string, string> Renamed = new()
    {
        ["kube-master"] = ControlPlane,
        ["kube-node"] = Worker,
        ["k8s-cluster"] = Cluster,
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
