using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>A NetworkPolicy that denies keeps requests from a pod that answered before.</summary>
public sealed class NetworkPoliciesCheck : IStagedCheck
{
    private const string Target = "guarded";

    private static readonly TimeSpan PodLimit = TimeSpan.FromSeconds(180);
    private static readonly TimeSpan PolicyLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ExecLimit = TimeSpan.FromSeconds(60);

    // The network plugins that enforce policies, by the DaemonSet that they run.
    private static readonly string[] Enforcing =
        ["calico-node", "canal", "cilium", "weave-net", "kube-router", "antrea-agent", "kube-ovn-cni", "ovnkube-node"];

    public string Id => "network-policy";
    public string Title => "A NetworkPolicy that denies is enforced";
    public SmokeArea Area => SmokeArea.Access;
    public string Needs => "a network plugin that enforces policies";

    public async Task<SmokeVerdict> RunAsync(SmokeContext context, CancellationToken cancellationToken)
    {
        var daemonSets = await context.Api.ListAsync(ApiPaths.AllDaemonSets, KubeWorkload.ReadDaemonSet);
        if (Enforcer(daemonSets) is not { } enforcer)
            return SmokeVerdict.Skip("no network plugin runs that is known to enforce policies");

        var stage = context.RequiredStage;
        await stage.ApplyAsync(stage.Render("guarded"), cancellationToken);
        await stage.WaitForPodsAsync(pods => Guarded(pods) is { IsReady: true }, PodLimit, cancellationToken);
        var scene = await stage.SceneAsync();
        var pod = Guarded(await stage.PodsAsync());
        if (pod is not { IsReady: true, Address: not null } || scene.Agents.Count == 0)
            return SmokeVerdict.Skip("the pod to be guarded isn't ready: see replicas and pod-on-every-node");

        var asking = scene.Agents.FirstOrDefault(agent => agent.Node == pod.Node) ?? scene.Agents[0];
        var openBefore = await stage.WaitAsync(
            async () => await AnswersAsync(stage, asking, pod, cancellationToken) == true, PolicyLimit, cancellationToken);
        await stage.ApplyAsync(stage.Render("deny"), cancellationToken);
        var closedAfter = openBefore && await stage.WaitAsync(
            async () => await AnswersAsync(stage, asking, pod, cancellationToken) == false, PolicyLimit, cancellationToken);
        return Judge(enforcer, pod, openBefore, closedAfter);
    }

    /// <summary>The plugin that enforces policies; null where none is known to.</summary>
    internal static string? Enforcer(IReadOnlyList<KubeWorkload> daemonSets) =>
        daemonSets.Select(set => set.Name).FirstOrDefault(name => Enforcing.Contains(name));

    internal static SmokeVerdict Judge(string enforcer, KubePod pod, bool openBefore, bool closedAfter)
    {
        if (!openBefore)
            return SmokeVerdict.Skip("the pod to be guarded answers not even without a policy: see pod-network");
        return closedAfter
            ? SmokeVerdict.Pass($"{enforcer} keeps requests from the guarded pod")
            : SmokeVerdict.Fail(
                $"the pod still answers {PolicyLimit.TotalSeconds:0} s after a policy that denies: {enforcer} doesn't enforce it",
                pod.Reference, pod.Node);
    }

    private static KubePod? Guarded(IReadOnlyList<KubePod> pods) =>
        pods.FirstOrDefault(pod => pod.Labels.GetValueOrDefault(NamespaceSnapshot.PartLabel) == Target);

    // Null where the command could not be run, or had no end: that says nothing of the policy.
    private static async Task<bool?> AnswersAsync(
        TestNamespace stage, SmokeAgent agent, KubePod pod, CancellationToken cancellationToken)
    {
        var url = $"http://{UrlHost.Of(pod.Address!)}:{SmokeAgent.Port}/name";
        var script = $"timeout {AgentReport.RequestSeconds} wget -q -O - {url}";
        var result = await stage.ExecAsync(agent.Pod, script, ExecLimit, cancellationToken);
        if (result.Succeeded)
            return true;
        return !result.TimedOut && result.Error.Contains("command terminated with exit code") ? false : null;
    }
}
