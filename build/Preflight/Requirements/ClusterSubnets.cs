using KubeLab.Variables;

namespace KubeLab.Preflight;

/// <summary>The networks of Services and of pods, by Kubespray's variables.</summary>
internal static class ClusterSubnets
{
    /// <summary>The variables that decide them.</summary>
    public static IReadOnlyList<string> Variables { get; } = [
        "kube_service_addresses", "kube_pods_subnet", "kube_service_addresses_ipv6", "kube_pods_subnet_ipv6",
        "ipv4_stack", "ipv6_stack", "enable_dual_stack_networks",
    ];

    /// <summary>The networks in use, Services and pods, for each version of IP.</summary>
    public static IEnumerable<(ClusterSubnet Services, ClusterSubnet Pods)> Pairs(ClusterVariables variables)
    {
        if (UsesIpv4(variables))
            yield return (Read(variables, "kube_service_addresses"), Read(variables, "kube_pods_subnet"));
        if (UsesIpv6(variables))
            yield return (Read(variables, "kube_service_addresses_ipv6"), Read(variables, "kube_pods_subnet_ipv6"));
    }

    /// <summary>Whether the cluster uses IPv4: always, up to Kubespray v2.27, which has no switch for it.</summary>
    public static bool UsesIpv4(ClusterVariables variables) =>
        variables.OfCluster("ipv4_stack") is not { Unresolved: null } stack || stack.IsTrue;

    // ipv6_stack's default is a template over the older enable_dual_stack_networks: where nobody resolved it, that one decides.
    private static bool UsesIpv6(ClusterVariables variables) =>
        (variables.OfCluster("ipv6_stack") is { Unresolved: null } stack
            ? stack
            : variables.OfCluster("enable_dual_stack_networks")) is { Unresolved: null, IsTrue: true };

    private static ClusterSubnet Read(ClusterVariables variables, string name)
    {
        var variable = variables.OfCluster(name);
        return new ClusterSubnet(
            name, variable, variable is { Unresolved: null } && Subnet.TryParse(variable.Text, out var network) ? network : null);
    }
}

/// <summary>A network that the cluster hands addresses out of.</summary>
/// <param name="Variable">The variable; null where neither the inventory nor the distribution sets it.</param>
/// <param name="Network">The network; null where the value is none.</param>
internal sealed record ClusterSubnet(string Name, EffectiveVariable? Variable, IPNetwork? Network);
