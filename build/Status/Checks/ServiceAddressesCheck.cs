using KubeLab.Kubernetes;

namespace KubeLab.Status;

/// <summary>The API's own Service and that of DNS have the addresses by which everything in the cluster finds them.</summary>
internal sealed class ServiceAddressesCheck : IStatusCheck
{
    private const string Api = "/api/v1/namespaces/default/services/kubernetes";

    public string Id => "service-addresses";
    public string Title => "The API's and DNS's Services have the addresses that were asked for";
    public int Rank => 100;

    public async Task<IReadOnlyList<Finding>> JudgeAsync(StatusScene scene, CancellationToken cancellationToken)
    {
        List<Finding> found = [];
        if (FirstOf(scene) is { } wanted)
        {
            var address = (await scene.Api.ReadAsync(Api)).Text("spec", "clusterIP");
            found.Add(address == wanted
                ? Finding.Same($"the API's Service has the address {wanted}")
                : Finding.Broken(null,
                    $"the API's Service has the address {address}, the first of kube_service_addresses is {wanted}",
                    "kubectl delete service kubernetes: the API server makes it anew. A Deploy can't change the network of a cluster that is there."));
        }

        var services = await scene.Api.ListAsync(ApiPaths.SystemServices, KubeService.Read);
        var dns = services.Where(service => service.Labels.GetValueOrDefault("k8s-app") is "kube-dns" or "coredns"
            && service.ClusterAddress is not null).ToList();
        var told = await DnsOfKubeletsAsync(scene);
        if (dns.Count == 0 || told.Count == 0)
            return [.. found, Finding.NotCompared(null, dns.Count == 0
                ? "the cluster has no DNS Service" : "it isn't known which address kubelets tell pods for DNS")];
        found.Add(dns.Exists(service => told.Contains(service.ClusterAddress!))
            ? Finding.Same($"DNS has the address that pods are told, {string.Join(", ", told)}")
            : Finding.Broken(null,
                $"{dns[0].Reference} has the address {dns[0].ClusterAddress}, and pods are told {string.Join(", ", told)}",
                $"Make the Service anew with spec.clusterIP: {told[0]}. A Deploy would write it, and fail where another address is set."));
        return found;
    }

    private static string? FirstOf(StatusScene scene)
    {
        var range = (scene.Variable("kube_service_addresses") ?? scene.Variable("kube_service_subnets"))?.Text.Split(
            ',')[0].Trim();
        if (!IPNetwork.TryParse(range, out var network))
            return null;
        var bytes = network.BaseAddress.GetAddressBytes();
        bytes[^1]++;
        return $"{new IPAddress(bytes)}";
    }

    // With a DNS on every node, pods are told that one's, and it asks the Service that this variable names.
    private static async Task<IReadOnlyList<string>> DnsOfKubeletsAsync(StatusScene scene) =>
        scene.Variable("skydns_server") is { } server && IPAddress.TryParse(server.Text, out _)
            ? [server.Text]
            : (await KubeletConfigurationCheck.OfClusterAsync(scene))?
                .Where(entry => entry.Key.StartsWith("clusterDNS", StringComparison.Ordinal))
                .Select(entry => entry.Value).ToList() ?? [];
}
