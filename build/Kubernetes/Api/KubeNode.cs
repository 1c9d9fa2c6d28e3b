namespace KubeLab.Kubernetes;

/// <summary>A node as the API shows it.</summary>
public sealed record KubeNode
{
    private const string RoleLabel = "node-role.kubernetes.io/";

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Its internal addresses.</summary>
    public IReadOnlyList<string> InternalAddresses { get; init; } = [];

    /// <summary>The first of its internal addresses; null where it has none.</summary>
    public string? InternalAddress => InternalAddresses.Count > 0 ? InternalAddresses[0] : null;

    /// <summary>Its conditions.</summary>
    public IReadOnlyList<KubeCondition> Conditions { get; init; } = [];

    /// <summary>Its taints.</summary>
    public IReadOnlyList<KubeTaint> Taints { get; init; } = [];

    /// <summary>Whether it is cordoned.</summary>
    public bool Unschedulable { get; init; }

    /// <summary>Whether pods without a toleration may run on it.</summary>
    public bool TakesPods => !Unschedulable && !Taints.Any(taint => taint.Repels);

    /// <summary>The kubelet's version: <c>v1.20.2</c>.</summary>
    public string KubeletVersion { get; init; } = "";

    /// <summary>The container runtime and its version: <c>containerd://1.6.20</c>.</summary>
    public string Runtime { get; init; } = "";

    /// <summary>Whether a label gives it the control plane's role; <c>master</c> is the name up to Kubernetes 1.23.</summary>
    public bool IsControlPlane => Labels.ContainsKey($"{RoleLabel}control-plane") || Labels.ContainsKey($"{RoleLabel}master");

    /// <summary>The condition of a type, or null.</summary>
    public KubeCondition? Condition(string type) => Conditions.FirstOrDefault(condition => condition.Type == type);

    /// <summary>Reads a node of the API.</summary>
    public static KubeNode Read(JsonElement node) => new()
    {
        Name = node.Text("metadata", "name") ?? "",
        Labels = node.Texts("metadata", "labels"),
        InternalAddresses = [.. node.Items("status", "addresses")
            .Where(address => address.Text("type") == "InternalIP").Select(address => address.Text("address") ?? "")],
        Conditions = [.. node.Items("status", "conditions").Select(KubeCondition.Read)],
        Taints = [.. node.Items("spec", "taints").Select(KubeTaint.Read)],
        Unschedulable = node.Flag("spec", "unschedulable"),
        KubeletVersion = node.Text("status", "nodeInfo", "kubeletVersion") ?? "",
        Runtime = node.Text("status", "nodeInfo", "containerRuntimeVersion") ?? "",
    };
}
