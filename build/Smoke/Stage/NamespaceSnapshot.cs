using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>What stands in the test's namespace once its pods are ready.</summary>
/// <param name="Agents">The agents that can be used, by node name in order.</param>
public sealed record NamespaceSnapshot(
    string Namespace, IReadOnlyList<SmokeAgent> Agents, IReadOnlyList<string> Missing, IReadOnlyList<KubePod> Pods,
    IReadOnlyDictionary<string, KubeService> Services, IReadOnlyList<KubeEvent> Events)
{
    /// <summary>What befell nodes that could be counted on before the test's pods were made, by name.</summary>
    public IReadOnlyDictionary<string, string> Lost { get; init; } = new Dictionary<string, string>();

    /// <summary>The cluster's DNS Service; null where it has none.</summary>
    public KubeService? Dns { get; init; }

    /// <summary>The pods behind it that take requests by UDP.</summary>
    public IReadOnlyList<DnsPod> DnsPods { get; init; } = [];

    /// <summary>A name outside of the cluster that pods must be able to resolve; null for none.</summary>
    public string? ExternalName { get; init; }

    /// <summary>The label that says which part a pod plays.</summary>
    public static string PartLabel => "kubelab.dev/part";

    /// <summary>The ready pods that play a part.</summary>
    public IReadOnlyList<KubePod> Ready(string part) =>
        [.. Pods.Where(pod => pod.IsReady && !pod.IsDeleted && pod.Labels.GetValueOrDefault(PartLabel) == part)];
}

/// <summary>A pod of DNS.</summary>
/// <param name="Port">The port on which it answers by UDP.</param>
/// <param name="Node">The node that it runs on; null where that isn't known.</param>
public sealed record DnsPod(string Address, int Port, string? Node);

/// <summary>Waits for the test's pods and asks the agents.</summary>
/// <param name="states">Which nodes could be counted on when the stage was made.</param>
internal sealed class NamespaceSnapshotReader(
    TestNamespace stage, SmokeContext context, IReadOnlyList<ISmokeCheck> checks, NodeStates states)
{
    // The scripts themselves end after some 100 s (AgentReport.ServicePatience and a last request).
    private static readonly TimeSpan ExecLimit = TimeSpan.FromSeconds(180);
    private static readonly TimeSpan PullGrace = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LookAtNodesEvery = TimeSpan.FromSeconds(5);

    private readonly HashSet<string> wanted = checks.OfType<IStagedCheck>().SelectMany(check => check.Manifests).ToHashSet();

    private NodeStates? fresh;

    private NodeStates Now => fresh ?? states;

    /// <summary>Waits for the agents on usable nodes and the backends, and reads what stands then.</summary>
    public async Task<NamespaceSnapshot> ReadAsync(CancellationToken cancellationToken)
    {
        await WaitForPodsAsync(cancellationToken);
        var nodes = context.NodesAsync();
        var dns = (await context.Api.ListAsync(ApiPaths.SystemServices, KubeService.Read)).FirstOrDefault(
            service => service.Labels.GetValueOrDefault("k8s-app") is "kube-dns" or "coredns");
        var dnsPods = dns is null ? [] : await DnsPodsAsync(dns.Name);
        if (dnsPods.Count > 0 && checks.OfType<UdpCheck>().Any())
            await stage.ApplyAsync(UdpCheck.Service(stage, dnsPods), cancellationToken);
        var services = context.Api.FreshListAsync($"{ApiPaths.Namespaces}/{stage.Name}/services", KubeService.Read);
        var warnings = stage.WarningsAsync();
        var found = await stage.PodsAsync();
        var agents = Agents(found, await nodes);
        return new NamespaceSnapshot(
            stage.Name,
            agents,
            [.. states.All.Select(state => state.Name).Except(agents.Select(agent => agent.Node))],
            found,
            (await services).ToDictionary(service => service.Name),
            await warnings)
        {
            Dns = dns,
            DnsPods = dnsPods,
            ExternalName = context.Options.Settings.ExternalName,
            Lost = states.Usable.Where(node => Now.Trouble(node) is not null)
                .ToDictionary(node => node, node => Now.Trouble(node)!),
        };
    }

    /// <summary>Runs the scripts of all checks that look from inside, once on every node.</summary>
    public async Task<AgentReports> ReportAsync(CancellationToken cancellationToken)
    {
        var scene = await stage.SceneAsync();
        var scripts = Scripts();
        var reports = await Task.WhenAll(scene.Agents.Select(async agent => AgentReport.Read(
            agent,
            await stage.ExecAsync(agent.Pod, AgentReport.Script(scripts, scene, agent), ExecLimit, cancellationToken))));
        return new AgentReports(scene, reports);
    }

    // The checks that were asked for, and those that explain their failures.
    private List<IAgentCheck> Scripts()
    {
        var asked = checks.OfType<IAgentCheck>().ToList();
        var explaining = asked.SelectMany(check => check.ExplainedBy).ToHashSet();
        return [
            .. asked,
            .. CheckCatalog.All<ISmokeCheck>().OfType<IAgentCheck>()
                .Where(check => explaining.Contains(check.Id) && !asked.Exists(other => other.Id == check.Id)),
        ];
    }

    private async Task WaitForPodsAsync(CancellationToken cancellationToken)
    {
        var looked = context.Time.GetTimestamp();
        var pullFails = (long?)null;
        await stage.WaitAsync(
            async () =>
            {
                var pods = await stage.PodsAsync();
                // A pull that keeps failing is reported as that, and not waited for to the end.
                pullFails = pods.Any(pod => pod.Labels.GetValueOrDefault(NamespaceSnapshot.PartLabel) != ImagePullCheck.Part
                    && pod.Containers.Any(container => container.LacksImage))
                    ? pullFails ?? context.Time.GetTimestamp()
                    : null;
                if (IsComplete(pods) || (pullFails is { } since && context.Time.GetElapsedTime(since) > PullGrace))
                    return true;
                if (context.Time.GetElapsedTime(looked) > LookAtNodesEvery)
                {
                    fresh = await context.FreshNodeStatesAsync(cancellationToken);
                    looked = context.Time.GetTimestamp();
                }

                return false;
            },
            context.Options.PodsReadyLimit,
            cancellationToken);
    }

    private async Task<IReadOnlyList<DnsPod>> DnsPodsAsync(string service)
    {
        var all = await context.Api.ListAsync(ApiPaths.SystemEndpoints, endpoints => endpoints);
        return [.. all.Where(endpoints => endpoints.Text("metadata", "name") == service)
            .SelectMany(endpoints => endpoints.Items("subsets"))
            .SelectMany(subset => subset.Items("ports").Where(port => port.Text("protocol") == "UDP").Take(1)
                .SelectMany(port => subset.Items("addresses").Select(
                    address => new DnsPod(address.Text("ip") ?? "", port.Number("port"), address.Text("nodeName")))))];
    }

    private bool IsComplete(IReadOnlyList<KubePod> pods)
    {
        var ready = pods.Where(pod => pod.IsReady && !pod.IsDeleted).ToLookup(
            pod => pod.Labels.GetValueOrDefault(NamespaceSnapshot.PartLabel));
        var usable = states.Usable.Where(node => Now.Trouble(node) is null).ToList();
        var agents = ready["agent"].Select(pod => pod.Node).ToHashSet();
        return (!wanted.Contains("agents") || usable.TrueForAll(agents.Contains))
            && (!wanted.Contains("web") || ready["web"].Count() >= stage.Replicas || usable.Count < states.Usable.Count);
    }

    private List<SmokeAgent> Agents(IReadOnlyList<KubePod> pods, IReadOnlyList<KubeNode> nodes)
    {
        var addresses = nodes.ToDictionary(node => node.Name, node => node.InternalAddress);
        return [
            .. pods
                .Where(pod => pod is { IsReady: true, IsDeleted: false, Node: not null, Address: not null }
                    && pod.Labels.GetValueOrDefault(NamespaceSnapshot.PartLabel) == "agent"
                    && states.Trouble(pod.Node) is null
                    && Now.Trouble(pod.Node) is null)
                .OrderBy(pod => pod.Node, StringComparer.Ordinal)
                .Select(pod => new SmokeAgent(pod.Node!, pod.Name, pod.Address!, addresses.GetValueOrDefault(pod.Node!))),
        ];
    }
}
