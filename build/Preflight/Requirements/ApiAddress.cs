using KubeLab.Distributions;
using KubeLab.Variables;

namespace KubeLab.Preflight;

/// <summary>The address that stands for all API servers: a load balancer's, or a virtual one that kube-vip gives to one of
/// them.</summary>
/// <param name="Variable">The variable that names it.</param>
internal sealed record ApiAddress(string Address, int Port, bool IsVirtual, EffectiveVariable Variable)
{
    private const string Balancer = "loadbalancer_apiserver";
    private const string VirtualAddress = "kube_vip_address";
    private const string KubeVip = "kube_vip_enabled";
    private const string Name = "apiserver_loadbalancer_domain_name";
    private const int UsualPort = 6443;

    // Where these tasks know of it, as they did for long, the playbook enters the name in the nodes' own hosts file.
    private const string HostsFileTasks = "roles/kubernetes/preinstall/tasks/0090-etchosts.yml";

    /// <summary>The variables that decide it.</summary>
    public static IReadOnlyList<string> Variables { get; } = [Balancer, VirtualAddress, KubeVip, Name, RolePorts.ApiServerPort];

    /// <summary>Reads it; null where there is none.</summary>
    public static ApiAddress? Of(ClusterVariables variables)
    {
        var isVirtual = variables.OfCluster(KubeVip) is { Unresolved: null, IsTrue: true };
        var port = variables.OfCluster(RolePorts.ApiServerPort)
            is { Unresolved: null, WholeNumber: > 0 and <= ushort.MaxValue and var set } ? set : UsualPort;
        if (isVirtual && variables.OfCluster(VirtualAddress) is { } vip)
            return new ApiAddress(vip.Text, port, IsVirtual: true, vip);
        if (variables.OfCluster(Balancer) is not { } balancer)
            return null;
        if (balancer.Unresolved is not null)
            return new ApiAddress("", port, isVirtual, balancer);
        if (balancer.Value.ValueKind != JsonValueKind.Object || !balancer.Value.TryGetProperty("address", out var address)
            || $"{address}" is not { Length: > 0 } text)
            return null;
        if (balancer.Value.TryGetProperty("port", out var own) && int.TryParse($"{own}", out var number))
            port = number;
        return new ApiAddress(text, port, isVirtual, balancer);
    }

    /// <summary>The names among it that the nodes have to resolve by themselves.</summary>
    public static IReadOnlyList<string> Names(ClusterVariables variables, Distribution distribution)
    {
        if (Of(variables) is not { Variable.Unresolved: null } api)
            return [];
        var tasks = distribution.File(HostsFileTasks);
        var domain = File.Exists(tasks) && File.ReadAllText(tasks).Contains(Balancer) ? null
            : variables.OfCluster(Name) is { Unresolved: null } set ? set.Text : null;
        return [.. new[] { api.Address, domain }.OfType<string>()
            .Where(name => Uri.CheckHostName(name) == UriHostNameType.Dns && name != "localhost").Distinct()];
    }
}
