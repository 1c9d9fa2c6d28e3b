using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>What a check works with in one round: the cluster, what is expected of it, and what was read of it so far.</summary>
public sealed class SmokeContext(
    IKubectl kubectl, KubeApi api, KubeAccess access, SmokeOptions options, SmokeExpectations expected, TimeProvider time)
{
    private readonly Lazy<Task<NodeStates>> states = new(() => JudgeNodesAsync(api));

    /// <summary>Runs kubectl.</summary>
    public IKubectl Kubectl { get; } = kubectl;

    /// <summary>The round's reads of the API.</summary>
    public KubeApi Api { get; } = api;

    /// <summary>How the kubeconfig reaches the API.</summary>
    public KubeAccess Access { get; } = access;

    /// <summary>How the test is run.</summary>
    public SmokeOptions Options { get; } = options;

    /// <summary>What the cluster should be.</summary>
    public SmokeExpectations Expected { get; } = expected;

    /// <summary>The time.</summary>
    public TimeProvider Time { get; } = time;

    /// <summary>etcd's own client, for clusters whose etcd is no pod; null where there is no way to it.</summary>
    public IEtcdClient? Etcd { get; init; }

    /// <summary>etcd's metrics; null where there is no way to them.</summary>
    public IEtcdMetrics? EtcdMetrics { get; init; }

    /// <summary>The inventory's nodes; null where there is no way to them.</summary>
    public SmokeNodes? Nodes { get; init; }

    /// <summary>What disturbs the cluster's nodes; null in other tiers than 2.</summary>
    public Disturber? Disturber { get; init; }

    /// <summary>The test's namespace; null in tier 0.</summary>
    public TestNamespace? Stage { get; init; }

    /// <summary>The test's namespace, for a check of tier 1.</summary>
    /// <exception cref="InvalidOperationException">There is none in this tier.</exception>
    public TestNamespace RequiredStage => Stage ?? throw new InvalidOperationException("A check of tier 0 has no namespace.");

    /// <summary>The same round with the test's namespace.</summary>
    /// <param name="disturber">What disturbs the cluster's nodes; null for nothing.</param>
    public SmokeContext On(TestNamespace stage, Disturber? disturber = null) => new(Kubectl, Api, Access, Options, Expected, Time)
    { Etcd = Etcd, EtcdMetrics = EtcdMetrics, Nodes = Nodes, Stage = stage, Disturber = disturber };

    /// <summary>The Kubernetes of the API server; null where what it says is no version.</summary>
    public async Task<System.Version?> RunningVersionAsync() =>
        Distributions.KubernetesVersions.Parse((await Api.ReadAsync(ApiPaths.Version)).Text("gitVersion") ?? "");

    /// <summary>The nodes.</summary>
    public Task<IReadOnlyList<KubeNode>> NodesAsync() => Api.ListAsync(ApiPaths.Nodes, KubeNode.Read);

    /// <summary>The pods of kube-system.</summary>
    public Task<IReadOnlyList<KubePod>> SystemPodsAsync() => Api.ListAsync(ApiPaths.SystemPods, KubePod.Read);

    /// <summary>The Deployments and DaemonSets of kube-system.</summary>
    public async Task<IReadOnlyList<KubeWorkload>> SystemWorkloadsAsync()
    {
        var deployments = Api.ListAsync(ApiPaths.SystemDeployments, KubeWorkload.ReadDeployment);
        var daemonSets = Api.ListAsync(ApiPaths.SystemDaemonSets, KubeWorkload.ReadDaemonSet);
        return [.. await deployments, .. await daemonSets];
    }

    /// <summary>Which nodes can be counted on; nothing is known where they may not be read.</summary>
    public Task<NodeStates> NodeStatesAsync() => states.Value;

    /// <summary>Which nodes can be counted on now: a node may be lost while the test waits for it.</summary>
    /// <exception cref="ApiProblem">The API gave no answer.</exception>
    public Task<NodeStates> FreshNodeStatesAsync(CancellationToken cancellationToken) =>
        JudgeNodesAsync(new KubeApi(Kubectl, Options.ReadLimit, cancellationToken));

    private static async Task<NodeStates> JudgeNodesAsync(KubeApi api)
    {
        var nodes = api.ListAsync(ApiPaths.Nodes, KubeNode.Read);
        var nodeLeases = LeasesAsync(api, ApiPaths.NodeLeases);
        var otherLeases = LeasesAsync(api, ApiPaths.SystemLeases);
        try
        {
            return NodeStates.Judge(await nodes, await nodeLeases, await otherLeases);
        }
        catch (ApiProblem problem) when (problem.Kind == ApiProblemKind.Forbidden)
        {
            return NodeStates.Unknown;
        }
    }

    private static Task<IReadOnlyList<KubeLease>> LeasesAsync(KubeApi api, string path) =>
        api.ListAsync(path, KubeLease.Read).OrNoneIfAsync(ApiProblemKind.Forbidden, ApiProblemKind.NotFound);
}
