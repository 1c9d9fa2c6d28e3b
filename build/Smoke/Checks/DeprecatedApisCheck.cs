using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>Nobody asks for versions of the API that a later Kubernetes no longer has. The cluster works with them, so that they
/// are warned of; who asks, the API server's metrics don't say.</summary>
public sealed class DeprecatedApisCheck : ISmokeCheck
{
    public string Id => "deprecated-apis";
    public string Title => "No deprecated version of the API is in use";
    public SmokeArea Area => SmokeArea.ControlPlane;
    public string Needs => "the right to read the API server's metrics";

    public async Task<SmokeVerdict> RunAsync(SmokeContext context, CancellationToken cancellationToken) =>
        Judge(DeprecatedRequests.Read("the API server", await context.Api.TextAsync("/metrics")));

    internal static SmokeVerdict Judge(DeprecatedRequests? requests)
    {
        if (requests is null)
            return SmokeVerdict.Fail("the API server's metrics are cut off, or none");
        var since = requests.Since is { } time ? $" since {time:yyyy-MM-dd HH:mm} UTC" : "";
        var findings = requests.Apis.OrderBy(api => api.Removed).ThenBy(api => api.Version, StringComparer.Ordinal)
            .Select(api => Finding.Warn(
            null, $"{api.Resource} of {api.Version} was asked for{since}"
                + (api.Removed is { } removed ? $", which Kubernetes {removed} no longer has" : ", which is deprecated")));
        return SmokeVerdict.From(requests.Apis.Count == 0
            ? $"no deprecated version was asked for{since}"
            : $"{requests.Apis.Count} deprecated versions were asked for{since}", [.. findings]);
    }
}
