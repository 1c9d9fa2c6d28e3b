using KubeLab.Smoke.Api;

namespace KubeLab.Smoke.Checks;

/// <summary>A DaemonSet's pod starts and becomes ready on every node.</summary>
public sealed class AgentOnEveryNode : IStagedCheck
{
    /// <inheritdoc/>
    public string Id => "pod-on-every-node";

    /// <inheritdoc/>
    public string Title => "A DaemonSet runs a pod on every node";

    /// <inheritdoc/>
    public int Tier => 1;

    /// <inheritdoc/>
    public SmokeArea Area => SmokeArea.Workloads;

    /// <inheritdoc/>
    public IReadOnlyList<string> Manifests => ["agents"];

    /// <inheritdoc/>
    public TimeSpan Limit => TimeSpan.FromMinutes(3);

    /// <inheritdoc/>
    public async Task<SmokeVerdict> RunAsync(SmokeContext context, CancellationToken cancellationToken)
    {
        var scene = await context.RequiredStage.SceneAsync();
        return Judge(await context.NodeStatesAsync(), scene.Pods, scene.Events, context.Options.PodsReadyLimit);
    }

    /// <summary>Judges the agents' pods.</summary>
    /// <param name="states">Which nodes can be counted on.</param>
    /// <param name="pods">The pods of the namespace.</param>
    /// <param name="events">Warnings of the namespace, which say why a pod was never made.</param>
    /// <param name="limit">How long the pods had.</param>
    internal static SmokeVerdict Judge(
        NodeStates states, IReadOnlyList<KubePod> pods, IReadOnlyList<KubeEvent> events, TimeSpan limit)
    {
        var agents = pods.Where(pod => pod.Labels.GetValueOrDefault(SmokeScene.PartLabel) == "agent").ToList();
        if (agents.Count == 0)
            return SmokeVerdict.Fail($"the DaemonSet got no pod: {Reason(events)}", new("daemonset", "agent"));

        var findings = states.All.Select(state => Judge(state, agents.Where(pod => TargetNode(pod) == state.Name), limit));
        return SmokeVerdict.From($"a pod is ready on each of {states.Usable.Count} nodes", [.. findings]);
    }

    private static SmokeFinding Judge(NodeState state, IEnumerable<KubePod> agents, TimeSpan limit)
    {
        if (state.Trouble is not null)
            return SmokeFinding.Skip(state.Name, "not judged, as the node can't be counted on: see nodes-ready");
        var pod = agents.OrderByDescending(pod => pod.IsReady).FirstOrDefault();
        if (pod is null)
            return SmokeFinding.Fail(state.Name, "the DaemonSet made no pod for it");
        return pod.Trouble() is { } trouble
            ? SmokeFinding.Fail(state.Name, $"the pod {pod.Name} isn't ready after {limit.TotalSeconds:0} s: {trouble}", pod.Reference)
            : SmokeFinding.Pass(state.Name, "a pod is ready");
    }

    // A DaemonSet's pod names its node before the scheduler has bound it.
    private static string? TargetNode(KubePod pod) => pod.Node ?? pod.WantedNode;

    private static string Reason(IReadOnlyList<KubeEvent> events) =>
        events.Count > 0 ? events[^1].Message : "no event says why";
}
