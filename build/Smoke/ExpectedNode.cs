namespace KubeLab.Smoke;

/// <summary>A node that the inventory expects.</summary>
/// <param name="Name">The inventory name, which is the node's name in the cluster.</param>
/// <param name="IsControlPlane">Whether it runs the control plane.</param>
/// <param name="IsEtcdMember">Whether it is a member of etcd.</param>
/// <param name="Address">The address that the other nodes use; null where it isn't known.</param>
/// <param name="JoinsCluster">Whether a kubelet runs on it; an etcd-only machine is no node of the cluster.</param>
public sealed record ExpectedNode(
    string Name, bool IsControlPlane, bool IsEtcdMember, string? Address, bool JoinsCluster = true);
