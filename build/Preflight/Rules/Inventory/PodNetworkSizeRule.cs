using KubeLab.Variables;

namespace KubeLab.Preflight;

/// <summary>The pod network holds a network for each node, and a node's network an address for each of its pods, as Kubespray
/// asserts. Calico hands out addresses by itself, in blocks, so neither holds there.</summary>
internal sealed class PodNetworkSizeRule() : ClusterRule("pod-network-size", "Size of the pod network", RuleStage.Inventory)
{
    // The kubelet's own default, and Kubespray's.
    private const int DefaultMaxPods = 110;

    public override IReadOnlyList<string> Variables => [
        .. ClusterSubnets.Variables, "kube_network_node_prefix",
        "kube_network_node_prefix_ipv6", "kube_network_plugin", "kubelet_max_pods",
    ];

    public override IReadOnlyList<string> Restates => ["kubelet_max_pods", "node_networks", "2 ** (kube_network_node_prefix"];

    public override IEnumerable<Finding> Judge(PreflightContext scene)
    {
        if (scene.Variables.OfCluster("kube_network_plugin") is { Unresolved: null, Text: "calico" or "none" } plugin)
            return [Skip($"{plugin.Text} gives no node a network of its own")];
        return ClusterSubnets.Pairs(scene.Variables).Select(pair => Judge(pair.Pods, scene));
    }

    private Finding Judge(ClusterSubnet pods, PreflightContext scene)
    {
        var prefix = scene.Variables.OfCluster(
            pods.Name == "kube_pods_subnet" ? "kube_network_node_prefix" : "kube_network_node_prefix_ipv6");
        return pods.Network is { } network && prefix is { Unresolved: null, WholeNumber: { } length }
            ? Judge(network, length, prefix, pods, scene)
            : pods.Variable is null || prefix is null
                ? Skip($"neither the inventory nor the distribution sets {pods.Name} and the length of a node's prefix")
            : Unknown($"{pods.Name} or the length of a node's prefix isn't known",
                $"Set {pods.Name} and the length in {scene.Variables.FileForAllNodes}.");
    }

    private Finding Judge(IPNetwork pods, int length, EffectiveVariable prefix, ClusterSubnet subnet, PreflightContext scene)
    {
        var bits = Subnet.Bits(pods.BaseAddress);
        var nodes = scene.Inventory.Nodes.Count(node => node.JoinsCluster);
        var networks = length < pods.PrefixLength || length > bits ? 0 : Math.Pow(2, length - pods.PrefixLength);
        var maxPods = scene.Variables.OfCluster("kubelet_max_pods") is { Unresolved: null, WholeNumber: { } set }
            ? set
            : DefaultMaxPods;
        var verdict = networks < nodes
            ? Fail(
                $"{subnet.Name} {pods} holds {networks} network{(networks == 1 ? "" : "s")} of length /{length}, and there are {nodes} nodes",
                $"Widen {subnet.Name} ({scene.Variables.WhereToChange(subnet.Variable!)}), or raise {prefix.Name} ({scene.Variables.WhereToChange(prefix)}).")
            : bits == 32 && maxPods > Math.Pow(2, bits - length) - 2
                ? Fail(
                    $"A node's /{length} holds {Math.Pow(2, bits - length) - 2} addresses, and kubelet_max_pods allows {maxPods} pods",
                    $"Lower kubelet_max_pods, or lower {prefix.Name} ({scene.Variables.WhereToChange(prefix)}) so that a node gets a wider network.")
                : Pass($"{pods} holds {networks} networks of length /{length} for {nodes} nodes");
        return verdict.Compared(Measure.Of(networks), Measure.Of(nodes), prefix.Source);
    }
}
