using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>Every API that the API server hands on to others, such as that of metrics, is available. One that isn't also keeps
/// namespaces from being removed.</summary>
public sealed class ApiServicesCheck : ISmokeCheck
{
    public string Id => "api-services";
    public string Title => "Every APIService is available";
    public SmokeArea Area => SmokeArea.ControlPlane;

    public async Task<SmokeVerdict> RunAsync(SmokeContext context, CancellationToken cancellationToken) => Judge(
        await context.Api.ListAsync(
            "/apis/apiregistration.k8s.io/v1/apiservices",
            item => (item.Text("metadata", "name") ?? "", item.Items("status", "conditions").Select(KubeCondition.Read)
                .FirstOrDefault(condition => condition.Type == "Available"))));

    internal static SmokeVerdict Judge(IReadOnlyList<(string Name, KubeCondition? Available)> services)
    {
        if (services.Count == 0)
            return SmokeVerdict.Skip("the API server lists no APIService");
        var findings = services.Where(service => service.Available?.Status != "True").Select(service => Finding.Fail(
            null, $"{service.Name} is not available: {service.Available?.Reason ?? "its condition is missing"}: {service.Available?.Message}",
            new ObjectReference("apiservice", service.Name)));
        return SmokeVerdict.From($"{services.Count} APIServices are available", [.. findings]);
    }
}
