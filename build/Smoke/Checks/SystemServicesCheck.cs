using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>Every Service of kube-system that selects pods has one that takes its requests.</summary>
public sealed class SystemServicesCheck : ISmokeCheck
{
    public string Id => "system-services";
    public string Title => "Every Service of kube-system has an endpoint";
    public SmokeArea Area => SmokeArea.System;

    public async Task<SmokeVerdict> RunAsync(SmokeContext context, CancellationToken cancellationToken)
    {
        var services = context.Api.ListAsync(ApiPaths.SystemServices, KubeService.Read);
        var endpoints = context.Api.ListAsync(ApiPaths.SystemEndpoints, KubeEndpoints.Read);
        return Judge(await services, await endpoints, await context.SystemWorkloadsAsync());
    }

    internal static SmokeVerdict Judge(
        IReadOnlyList<KubeService> services, IReadOnlyList<KubeEndpoints> endpoints, IReadOnlyList<KubeWorkload> workloads)
    {
        var selecting = services.Where(service => service.HasSelector).ToList();
        if (selecting.Count == 0)
            return SmokeVerdict.Skip("kube-system has no Service that selects pods");

        var byName = endpoints.ToDictionary(found => found.Name);
        var findings = selecting.Select(service => Judge(service, byName.GetValueOrDefault(service.Name), workloads));
        return SmokeVerdict.From($"{selecting.Count} Services have endpoints", [.. findings]);
    }

    private static Finding Judge(KubeService service, KubeEndpoints? endpoints, IReadOnlyList<KubeWorkload> workloads)
    {
        if (endpoints?.Ready.Count > 0)
            return Finding.Pass(null, $"{service.Reference} has {endpoints.Ready.Count} endpoints");
        var reason = endpoints?.NotReady > 0 ? "its pods are not ready" : "no pod fits its selector";
        return endpoints?.NotReady > 0 && workloads.Any(workload => !workload.IsComplete)
            ? Finding.Skip(null, $"{service.Reference} waits for its pods: see system-workloads")
            : Finding.Fail(null, $"{service.Reference} has no endpoint: {reason}", service.Reference);
    }
}
