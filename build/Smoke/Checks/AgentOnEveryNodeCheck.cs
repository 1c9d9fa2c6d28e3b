using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>A DaemonSet's pod starts and becomes ready on every node.</summary>
public sealed class AgentOnEveryNodeCheck : IStagedCheck
{
    public string Id => "pod-on-every-node";
    public string Title => "A DaemonSet runs a pod on every node";
    public SmokeArea Area => SmokeArea.Workloads;

    public async Task<SmokeVerdict> RunAsync(SmokeContext context, CancellationToken cancellationToken)
    {
        var scene = await context.RequiredStage.SceneAsync();
        return Judge(await context.NodeStatesAsync(), scene, context.Options.PodsReadyLimit);
    }

    /// <summary>Judges the agents' pods.</summary>
    /// <param name="states">Which nodes could be counted on before the pods were made.</param>
    internal static SmokeVerdict Judge(NodeStates states, NamespaceSnapshot scene, TimeSpan limit)
    {
        var agents = scene.Pods.Where(pod => pod.Labels.GetValueOrDefault(NamespaceSnapshot.PartLabel) == "agent").ToList();
        if (agents.Count == 0)
        {
            var reason = scene.Events is [.., var last] ? last.Message : "no event says why";
            return SmokeVerdict.Fail($"the DaemonSet got no pod: {reason}", new("daemonset", "agent", scene.Namespace));
        }

        // A DaemonSet's pod names its node before the scheduler has bound it.
        var byNode = agents.ToLookup(pod => pod.Node ?? pod.WantedNode);
        var findings = states.All.Select(state => Judge(state, scene, byNode[state.Name], limit));
        return SmokeVerdict.From($"a pod is ready on each of {states.Usable.Count} nodes", [.. findings]);
    }

    private static Finding Judge(NodeState state, NamespaceSnapshot scene, IEnumerable<KubePod> agents, TimeSpan limit)
    {
        if (state.Trouble is not null)
            return Finding.Skip(state.Name, "not judged, as the node can't be counted on: see nodes-ready");
        if (scene.Lost.TryGetValue(state.Name, out var lost))
            return Finding.Fail(state.Name, $"the node was lost while its pod was to start: it {lost}", new("node", state.Name));
        var pod = agents.OrderByDescending(pod => pod.IsReady).FirstOrDefault();
        if (pod is null)
            return Finding.Fail(state.Name, "the DaemonSet made no pod for it");
        return pod.Trouble() is { } trouble
            ? Finding.Fail(state.Name, $"the pod {pod.Name} isn't ready after {limit.TotalSeconds:0} s: {trouble}", pod.Reference)
            : Finding.Pass(state.Name, "a pod is ready");
    }
}
