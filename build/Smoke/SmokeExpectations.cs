using KubeLab.Clusters;

namespace KubeLab.Smoke;

/// <summary>What the cluster should be.</summary>
public sealed record SmokeExpectations
{
    /// <summary>The inventory's nodes; null without an inventory, and then nothing is compared.</summary>
    public IReadOnlyList<ExpectedNode>? Nodes { get; init; }

    /// <summary>The version that is configured, with or without a leading v; null for any.</summary>
    public string? Version { get; init; }

    /// <summary>Nothing in particular: any cluster, as its kubeconfig shows it.</summary>
    public static SmokeExpectations None { get; } = new();

    /// <summary>The inventory's nodes, with a Kubernetes.</summary>
    /// <param name="version">The version that is configured; null where it can't be told.</param>
    public static SmokeExpectations Of(Inventory inventory, Version? version) => new()
    {
        Nodes = [.. inventory.Nodes.Select(node => new ExpectedNode(node.Name, node.IsControlPlane, node.IsEtcdMember, node.Text("ip"), node.JoinsCluster))],
        Version = version is null ? null : $"v{version}",
    };
}

/// <summary>A node that the inventory expects.</summary>
/// <param name="Name">The inventory name, which is the node's name in the cluster.</param>
/// <param name="Address">The address that the other nodes use; null where it isn't known.</param>
/// <param name="JoinsCluster">Whether a kubelet runs on it; an etcd-only machine is no node of the cluster.</param>
public sealed record ExpectedNode(
    string Name, bool IsControlPlane, bool IsEtcdMember, string? Address, bool JoinsCluster = true);
