using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>Whoever admission asks before it lets an object in is there: else all that it is asked about is refused.</summary>
public sealed class WebhooksCheck : ISmokeCheck
{
    private const string Group = "/apis/admissionregistration.k8s.io/v1";

    public string Id => "webhooks";
    public string Title => "Every admission webhook has somebody to answer it";
    public SmokeArea Area => SmokeArea.ControlPlane;

    public async Task<SmokeVerdict> RunAsync(SmokeContext context, CancellationToken cancellationToken)
    {
        var lists = await Task.WhenAll(new[] { "mutating", "validating" }.Select(kind =>
            context.Api.ListAsync($"{Group}/{kind}webhookconfigurations", Webhook.ReadAll)));
        var all = lists.SelectMany(list => list).SelectMany(each => each).ToList();
        var ready = await Task.WhenAll(all.Where(each => each.Service is not null).Select(each => each.Path).Distinct()
            .Select(async service => KeyValuePair.Create(service, await ReadyAsync(context.Api, service))));
        return Judge(all, ready.ToDictionary());
    }

    /// <summary>Judges webhooks.</summary>
    /// <param name="ready">How many addresses are ready behind each of their Services, by its path; -1 for none of that
    /// name.</param>
    internal static SmokeVerdict Judge(IReadOnlyList<Webhook> webhooks, IReadOnlyDictionary<string, int> ready)
    {
        if (webhooks.Count == 0)
            return SmokeVerdict.Skip("the cluster has no admission webhook");
        var findings = webhooks.Where(each => each.Service is not null && ready[each.Path] <= 0).Select(each =>
        {
            var what = $"the webhook {each.Name} of {each.Configuration} asks the Service {each.Service}, which "
                + (ready[each.Path] < 0 ? "doesn't exist" : "has no ready pod");
            return each.IsFatal
                ? Finding.Fail(null, $"{what}: all that it is asked about is refused",
                    new ObjectReference(each.Kind, each.Configuration))
                : Finding.Warn(null, $"{what}: it is left out, and what is asked for waits {each.Seconds} s");
        });
        return SmokeVerdict.From($"{webhooks.Count} webhooks have somebody to answer them", [.. findings]);
    }

    private static async Task<int> ReadyAsync(KubeApi api, string path)
    {
        try
        {
            return KubeEndpoints.Read(await api.ReadAsync(path)).Ready.Count;
        }
        catch (ApiProblem problem) when (problem.Kind == ApiProblemKind.NotFound)
        {
            return -1;
        }
    }

    /// <summary>One webhook.</summary>
    /// <param name="Service">The Service that answers it; null for a URL, which only the API server reaches.</param>
    internal sealed record Webhook(string Kind, string Configuration, string Name, string? Service, string Path, bool IsFatal,
        int Seconds)
    {
        public static IReadOnlyList<Webhook> ReadAll(JsonElement item)
        {
            var name = item.Text("metadata", "name") ?? "";
            return [.. item.Items("webhooks").Select(each =>
            {
                var service = each.At("clientConfig", "service");
                var (space, called) = (service?.Text("namespace"), service?.Text("name"));
                return new Webhook(
                    "webhookconfiguration", name, each.Text("name") ?? "", called is null ? null : $"{space}/{called}",
                    $"/api/v1/namespaces/{space}/endpoints/{called}", each.Text("failurePolicy") != "Ignore",
                        each.Number("timeoutSeconds"));
            })];
        }
    }
}
