using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>Clients on every node that ask a Service once a second, all along, and write down what came of it.</summary>
internal sealed class WorkloadClients(TestNamespace stage)
{
    private static readonly TimeSpan ReadLimit = TimeSpan.FromSeconds(15);

    /// <summary>Starts them once the Service that they ask has an address, and waits until they ask.</summary>
    /// <exception cref="ApiProblem">They could not be created.</exception>
    public async Task StartAsync(SmokeContext context, CancellationToken cancellationToken)
    {
        var services = await context.Api.FreshListAsync($"{ApiPaths.Namespaces}/{stage.Name}/services", KubeService.Read);
        var address = services.FirstOrDefault(service => service.Name == "web")?.ClusterAddress
            ?? throw new ApiProblem(ApiProblemKind.Other, "Reading the test's Service", "it has no address");
        var values = new Dictionary<string, string>() { ["url"] = $"http://{UrlHost.Of(address)}:{SmokeAgent.Port}/name" };
        await stage.ApplyAsync(stage.Render("client", values), cancellationToken);
        var usable = (await context.NodeStatesAsync()).Usable;
        await stage.WaitForPodsAsync(
            pods => usable.All(node => pods.Any(pod => pod.Node == node && pod.IsReady
                && pod.Labels.GetValueOrDefault(NamespaceSnapshot.PartLabel) == "client")),
            context.Options.PodsReadyLimit, cancellationToken);
    }

    /// <summary>What each client has written down so far, by its node; those that can't be asked are missing.</summary>
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<ClientRequest>>> ReadAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<KubePod> pods;
        try
        {
            pods = await stage.PodsAsync();
        }
        catch (ApiProblem)
        {
            return new Dictionary<string, IReadOnlyList<ClientRequest>>();
        }

        var answers = await Task.WhenAll(pods
            .Where(pod => pod is { Node: not null, IsDeleted: false }
                && pod.Labels.GetValueOrDefault(NamespaceSnapshot.PartLabel) == "client")
            .Select(async pod => (pod.Node, Answer: await stage.ExecAsync(
                pod.Name, "cat /srv/log", ReadLimit, cancellationToken))));
        return answers.Where(each => each.Answer.Succeeded).DistinctBy(each => each.Node)
            .ToDictionary(each => each.Node!, each => ClientRequest.ReadAll(each.Answer.Output));
    }
}

/// <summary>A request of a client.</summary>
/// <param name="At">When it was asked, in seconds of the node's clock.</param>
internal sealed record ClientRequest(long At, bool IsAnswered)
{
    /// <summary>Reads a client's log; a line that isn't whole, as a node that dies leaves one, is none.</summary>
    public static IReadOnlyList<ClientRequest> ReadAll(string log) =>
        [.. log.Split('\n').Select(line => line.Split(' ')).Where(words => words is [_, "answered" or "lost"])
            .Select(words => long.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var at)
                ? new ClientRequest(at, words[1] == "answered") : null).OfType<ClientRequest>()];
}

/// <summary>What clients noticed over a time.</summary>
/// <param name="Asked">How many requests they made.</param>
/// <param name="Lost">How many of them had no answer.</param>
/// <param name="Longest">The longest time that one of them had no answer, in seconds.</param>
internal sealed record ClientLosses(int Asked, int Lost, long Longest)
{
    /// <summary>It in words.</summary>
    public string Sentence => Lost == 0
        ? $"none of {Asked} requests was lost"
        : $"{Lost} of {Asked} requests were lost, at most {Longest} s on end";

    /// <summary>Counts what was written down since.</summary>
    public static ClientLosses Between(
        IReadOnlyDictionary<string, IReadOnlyList<ClientRequest>> before,
        IReadOnlyDictionary<string, IReadOnlyList<ClientRequest>> after)
    {
        var since = after.Select(client => Since(before, client.Key, client.Value)).ToList();
        return new ClientLosses(
            since.Sum(requests => requests.Count), since.Sum(requests => requests.Count(request => !request.IsAnswered)),
            since.Select(Outage).DefaultIfEmpty(0).Max());
    }

    /// <summary>Whether every client that had one before has had answers since, and none lost among the last.</summary>
    /// <param name="inARow">How many on end.</param>
    public static IReadOnlyList<string> Silent(
        IReadOnlyDictionary<string, IReadOnlyList<ClientRequest>> before,
        IReadOnlyDictionary<string, IReadOnlyList<ClientRequest>> after, int inARow) =>
        [.. before.Keys.Where(node => Since(before, node, after.GetValueOrDefault(node, [])).TakeLast(inARow).ToList() is var last
            && (last.Count < inARow || last.Exists(request => !request.IsAnswered))).Order(StringComparer.Ordinal)];

    // A pod that was made anew has begun anew.
    private static List<ClientRequest> Since(
        IReadOnlyDictionary<string, IReadOnlyList<ClientRequest>> before, string node, IReadOnlyList<ClientRequest> now)
    {
        var seen = before.GetValueOrDefault(node, []).Count;
        return [.. now.Skip(seen <= now.Count ? seen : 0)];
    }

    private static long Outage(List<ClientRequest> requests)
    {
        var (longest, begun) = (0L, (long?)null);
        foreach (var request in requests.OrderBy(request => request.At))
        {
            begun = request.IsAnswered ? null : begun ?? request.At;
            longest = begun is { } since ? Math.Max(longest, request.At - since + 1) : longest;
        }

        return longest;
    }
}
