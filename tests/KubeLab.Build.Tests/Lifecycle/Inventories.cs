using KubeLab.Clusters;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Lifecycle;

/// <summary>Inventories by their size: control planes that are etcd members too, and workers.</summary>
internal static class Inventories
{
    public static Inventory Of(int controlPlane, int workers)
    {
        var masters = Enumerable.Range(0, controlPlane).Select(number => Nodes.Node($"k8s-m{number}", ["kube_control_plane", "etcd"])).ToList();
        var others = Enumerable.Range(0, workers).Select(number => Nodes.Node($"k8s-n{number}", ["kube_node"])).ToList();
        return With([.. masters, .. others]);
    }

    public static Inventory With(IReadOnlyList<Node> nodes)
    {
        var groups = nodes.SelectMany(node => node.Groups).Distinct().ToDictionary(
            group => group, IReadOnlyList<string> (group) => [.. nodes.Where(node => node.Groups.Contains(group)).Select(node => node.Name)]);
        var withRole = nodes.Where(node => NodeGroups.WithRole.Any(node.Groups.Contains)).ToList();
        return new Inventory("inventory.ini", withRole, [.. nodes.Except(withRole)], groups, new Dictionary<string, IReadOnlyList<string>>());
    }
}
