using System.Net.Sockets;

namespace KubeLab.Preflight;

/// <summary>The address that a node has in the cluster, on the interface that carries it: <c>ip</c> where the inventory gives it,
/// else the address on the interface of the default route, which is Ansible's <c>ansible_default_ipv4</c> and Kubespray's
/// choice.</summary>
internal static class NodeAddress
{
    /// <summary>Finds it among the node's own addresses; null where it isn't there, or the node does not tell.</summary>
    public static InterfaceAddress? Of(ProbedNode node, NodeFacts facts, PreflightContext scene)
    {
        if (facts.Addresses is not { } addresses)
            return null;
        if (scene.Variables.Of(node.Node, "ip") is { Unresolved: null } declared
            && IPAddress.TryParse(declared.Text, out var wanted))
            return addresses.FirstOrDefault(address => address.Address.Equals(wanted));
        return facts.DefaultRoutes is [var route, ..]
            ? addresses.FirstOrDefault(
                address => address.Interface == route && address.Address.AddressFamily == AddressFamily.InterNetwork)
            : null;
    }
}
