using KubeLab.Clusters;

namespace KubeLab.Runs;

/// <summary>A node as the run's inventory had it.</summary>
/// <param name="Name">Its inventory name.</param>
/// <param name="Roles">Its roles: <c>control plane</c>, <c>etcd</c>, <c>worker</c>.</param>
/// <param name="Address">Where it is reached.</param>
public sealed record RunNode(string Name, IReadOnlyList<string> Roles, string Address)
{
    /// <summary>A node of an inventory.</summary>
    public static RunNode Of(Node node)
    {
        (bool Holds, string Role)[] roles = [(node.IsControlPlane, "control plane"), (node.IsEtcdMember, "etcd"), (node.IsWorker, "worker")];
        return new RunNode(node.Name, [.. roles.Where(each => each.Holds).Select(each => each.Role)], node.Address);
    }
}
