using KubeLab.Variables;

namespace KubeLab.Preflight;

/// <summary>The ports that a node's roles need (kubernetes.io, Ports and Protocols; etcd.io, Configuration).</summary>
internal static class RolePorts
{
    /// <summary>The variable with the API server's port.</summary>
    public static string ApiServerPort => "kube_apiserver_port";

    /// <summary>The variable that decides who runs etcd.</summary>
    public static string EtcdDeployment => "etcd_deployment_type";

    private const int DefaultApiServerPort = 6443;

    /// <summary>The ports of a node.</summary>
    public static IReadOnlyList<RolePort> Of(Node node, ClusterVariables variables)
    {
        var api = variables.Of(node, ApiServerPort) is { Unresolved: null, WholeNumber: > 0 and <= ushort.MaxValue and var set }
            ? set
            : DefaultApiServerPort;
        RolePort[] controlPlane = [new(api, ["kube-apiserver"]), new(10257, ["kube-controller"]), new(10259, ["kube-scheduler"])];
        RolePort[] etcd = [new(2379, ["etcd"]), new(2380, ["etcd"])];
        RolePort[] members = [
            new(10250, ["kubelet"]), new(10256, ["kube-proxy", "cilium-agent", "kube-router"]),
            new(10248, ["kubelet"], IsLocal: true), new(10249, ["kube-proxy"], IsLocal: true),
        ];
        return [.. node.IsControlPlane ? controlPlane : [], .. RunsEtcd(node, variables) ? etcd : [],
            .. node.JoinsCluster ? members : []];
    }

    /// <summary>Whether a node is a member of etcd: by its group, or by its role where kubeadm deploys it.</summary>
    public static bool RunsEtcd(Node node, ClusterVariables variables) =>
        node.IsEtcdMember || (node.IsControlPlane && variables.Of(node, EtcdDeployment) is { Unresolved: null, Text: "kubeadm" });
}

/// <summary>A TCP port that a component of a node's role listens on.</summary>
/// <param name="Owners">The components that may hold it, as the kernel names their processes (at most 15 characters).</param>
/// <param name="IsLocal">Whether only the node itself uses it.</param>
public sealed record RolePort(int Number, IReadOnlyList<string> Owners, bool IsLocal = false);
