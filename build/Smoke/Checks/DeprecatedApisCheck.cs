using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>Nobody asks for versions of the API that a later Kubernetes no longer has. The cluster works with them, so that they
/// are warned of. Who asks, the API server's metrics don't say; but Kubernetes' own controllers, which look at all that there is
/// (garbage, quotas, namespaces that are removed), ask for what each group prefers, and for nothing else.</summary>
public sealed class DeprecatedApisCheck : ISmokeCheck
{
    public string Id => "deprecated-apis";
    public string Title => "No deprecated version of the API is in use";
    public SmokeArea Area => SmokeArea.ControlPlane;
    public string Needs => "the right to read the API server's metrics";

    public async Task<SmokeVerdict> RunAsync(SmokeContext context, CancellationToken cancellationToken)
    {
        var requests = DeprecatedRequests.Read("the API server", await context.Api.TextAsync("/metrics"));
        var preferred = await Task.WhenAll((requests?.Apis ?? []).Select(
            async api => (Api: api, Version: await PreferredAsync(context, api))));
        return Judge(requests, preferred.DistinctBy(each => each.Api).ToDictionary(each => each.Api, each => each.Version));
    }

    // As client-go's discovery finds it (ServerPreferredResources): the group's own choice, else the first that has the resource.
    private static async Task<string?> PreferredAsync(SmokeContext context, DeprecatedApi api)
    {
        if (api.Version.Split('/') is not [var name, _])
            return null;
        try
        {
            var group = await context.Api.ReadAsync($"/apis/{name}");
            var versions = group.Items("versions").Select(version => version.Text("groupVersion"))
                .Prepend(group.Text("preferredVersion", "groupVersion")).OfType<string>().Distinct();
            foreach (var version in versions)
            {
                var resources = (await context.Api.ReadAsync($"/apis/{version}")).Items("resources");
                if (resources.Any(resource => resource.Text("name") == api.Resource))
                    return version;
            }
        }
        catch (ApiProblem)
        {
            // Then it isn't known.
        }

        return null;
    }

    /// <summary>Judges what was asked for.</summary>
    /// <param name="preferred">The version that controllers of Kubernetes' own ask for; null where it isn't known.</param>
    internal static SmokeVerdict Judge(DeprecatedRequests? requests, IReadOnlyDictionary<DeprecatedApi, string?> preferred)
    {
        if (requests is null)
            return SmokeVerdict.Fail("the API server's metrics are cut off, or none");
        var since = requests.Since is { } time ? $" since {time:yyyy-MM-dd HH:mm} UTC" : "";
        var findings = requests.Apis.OrderBy(api => api.Removed).ThenBy(api => api.Version, StringComparer.Ordinal)
            .Select(Said).ToList();
        var named = findings.Count(finding => finding.Status == FindingStatus.Warning);
        return SmokeVerdict.From(findings.Count == 0
            ? $"no deprecated version was asked for{since}"
            : $"{findings.Count} deprecated versions were asked for{since}, "
                + $"{findings.Count - named} of them by Kubernetes' own controllers too", findings);

        Finding Said(DeprecatedApi api)
        {
            var what = $"{api.Resource} of {api.Version} was asked for{since}"
                + (api.Removed is { } removed ? $", which Kubernetes {removed} no longer has" : ", which is deprecated");
            return preferred.GetValueOrDefault(api) is not { } choice ? Finding.Warn(null, what)
                : choice == api.Version ? Finding.Pass(null, $"{what}; its own controllers ask for it, others may")
                : Finding.Warn(null, $"{what}: a client does by name, as {choice} is there");
        }
    }
}
