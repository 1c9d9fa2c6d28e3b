using KubeLab.Kubernetes;
using Version = System.Version;

namespace KubeLab.Lifecycle;

/// <summary>What a cluster says of itself that matters to its upgrades, read through the API. Whatever it doesn't say is not
/// known, and each such thing is named with how to have it.</summary>
public sealed record LivingCluster
{
    private const string Server = "kube-apiserver";
    private const string Endpoint = "kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint";
    private const string Metrics = "/metrics";
    private const string AllDeployments = "/apis/apps/v1/deployments";

    // The plan is there within ten seconds, whatever the cluster does.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(7);

    /// <summary>The versions that run, by what runs them; null where that isn't known.</summary>
    public IReadOnlyDictionary<string, Version>? Running { get; init; }

    /// <summary>The lowest of them.</summary>
    public Version? Lowest => Running?.Values.Min();

    /// <summary>The operating system of each node, by its name.</summary>
    public IReadOnlyDictionary<string, string> Systems { get; init; } = new Dictionary<string, string>();

    /// <summary>The DaemonSets and Deployments.</summary>
    public IReadOnlyList<ObjectReference> Workloads { get; init; } = [];

    /// <summary>What each API server says of deprecated versions.</summary>
    public IReadOnlyList<DeprecatedRequests> Requests { get; init; } = [];

    /// <summary>The etcd of the member that is furthest behind; null where that isn't known.</summary>
    public Version? Etcd { get; init; }

    /// <summary>What isn't known, why, and how to have it.</summary>
    public IReadOnlyList<(string What, string Why, string Remedy)> Unknown { get; init; } = [];

    /// <summary>A cluster that can't be asked at all.</summary>
    public static LivingCluster Silent(string why, string remedy) => new()
    {
        Unknown =
        [
            ("which Kubernetes and which etcd run, the nodes' operating systems, what the releases have made in the cluster, and which deprecated APIs are asked for",
                why, remedy),
        ],
    };

    /// <summary>Asks it.</summary>
    /// <param name="etcd">Asks the members for their version; null where no node can be asked.</param>
    public static async Task<LivingCluster> AskAsync(
        IKubectl kubectl, Func<CancellationToken, Task<IReadOnlyDictionary<string, Version>>>? etcd,
        CancellationToken cancellationToken = default)
    {
        var api = new KubeApi(kubectl, Limit, cancellationToken);
        // The rest would only wait as long again.
        if (await api.ProblemAsync(ApiPaths.Version) is { NoAnswer: true } silence)
            return Silent($"the cluster does not answer: {silence.Reason}", Answering);
        var asking = etcd is null ? null : EtcdAsync(etcd, cancellationToken);
        var unknown = new List<(string, string, string)>();
        var cluster = new LivingCluster
        {
            Running = await TriedAsync("which Kubernetes runs", async () =>
                RunningVersions.Parse(await api.TextAsync(ApiPaths.Version), await api.TextAsync(ApiPaths.Nodes)), unknown),
            Systems = await TriedAsync("the nodes' operating systems", () => SystemsAsync(api), unknown) ?? new(),
            Workloads = await TriedAsync("what the releases have made in the cluster", () => WorkloadsAsync(api), unknown) ?? [],
            Requests = await RequestsAsync(kubectl, api, unknown, cancellationToken),
            Etcd = asking is null ? null : await asking,
        };
        if (cluster.Etcd is null)
            unknown.Add(("which etcd runs", "no member says its version",
                "Ask it: ./build.sh Ssh --node <member> -- sudo etcdctl version"));
        return cluster with { Unknown = unknown };
    }

    private const string Answering =
        "Look why: ./build.sh SmokeTest --tier 0. Or name a kubeconfig that reaches it with --kubeconfig, and plan again.";

    private static async Task<Dictionary<string, string>> SystemsAsync(KubeApi api) =>
        (await api.ReadAsync(ApiPaths.Nodes)).Items("items").ToDictionary(
            node => node.Text("metadata", "name") ?? "", node => node.Text("status", "nodeInfo", "osImage") ?? "");

    private static async Task<List<ObjectReference>> WorkloadsAsync(KubeApi api) =>
    [
        .. (await api.ListAsync(ApiPaths.AllDaemonSets, KubeWorkload.ReadDaemonSet))
            .Concat(await api.ListAsync(AllDeployments, KubeWorkload.ReadDeployment)).Select(each => each.Reference),
    ];

    private static async Task<Version?> EtcdAsync(
        Func<CancellationToken, Task<IReadOnlyDictionary<string, Version>>> etcd, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            return (await etcd(limit.Token)).Values.Min();
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private static async Task<T?> TriedAsync<T>(string what, Func<Task<T>> ask, List<(string, string, string)> unknown)
        where T : class
    {
        try
        {
            return await ask();
        }
        catch (ApiProblem problem)
        {
            unknown.Add((what, problem.Message, problem.Kind == ApiProblemKind.Forbidden
                ? $"Use a kubeconfig that may read {problem.What.Split(' ')[^1]}: --kubeconfig." : Answering));
        }
        catch (UserError error)
        {
            unknown.Add((what, error.Problem, error.Remedy ?? Answering));
        }

        return null;
    }

    // Each API server counts for itself, and the API's own proxy to them brings nobody's credentials along.
    private static async Task<IReadOnlyList<DeprecatedRequests>> RequestsAsync(
        IKubectl kubectl, KubeApi api, List<(string, string, string)> unknown, CancellationToken cancellationToken)
    {
        const string what = "which deprecated APIs are asked for";
        var servers = await TriedAsync(what, async () => (await api.ReadAsync(ApiPaths.SystemPods)).Items("items")
            .Where(pod => pod.Text("metadata", "labels", "component") == Server)
            .Select(pod => (Node: pod.Text("spec", "nodeName") ?? "", Address: pod.Text("metadata", "annotations", Endpoint)
                ?? $"{pod.Text("status", "hostIP")}:6443")).ToList(), []) ?? [];
        var asked = servers.Count > 1
            ? servers.Select(server => (server.Node, Arguments: (string[])["--server", $"https://{server.Address}"]))
            : [(Node: servers is [var only] ? only.Node : "the API server", Arguments: [])];
        var answers = await Task.WhenAll(asked.Select(async server =>
        {
            var call = new KubectlCall([.. server.Arguments, "get", "--raw", Metrics]) { Limit = Limit };
            var result = await kubectl.RunAsync(call, cancellationToken);
            var read = result.Succeeded ? DeprecatedRequests.Read(server.Node, result.Output) : null;
            const string damaged = "these are no metrics of an API server, or they did not come whole";
            return (server.Node, Read: read, Problem: read is not null ? null
                : result.Succeeded ? new ApiProblem(ApiProblemKind.Other, Metrics, damaged) : ApiProblem.From(Metrics, result));
        }));
        unknown.AddRange(answers.Where(answer => answer.Problem is not null).Select(answer => (
            $"{what} of {answer.Node}", answer.Problem!.Message,
            answer.Problem.Kind == ApiProblemKind.Forbidden
                ? "The kubeconfig may not read them: allow get on the nonResourceURL /metrics (as the ClusterRole system:monitoring does), or name an administrator's with --kubeconfig."
                : $"Where that server can be reached: kubectl --server https://<its address>:6443 get --raw {Metrics}, and look for apiserver_requested_deprecated_apis.")));
        return [.. answers.Select(answer => answer.Read).OfType<DeprecatedRequests>()];
    }
}
