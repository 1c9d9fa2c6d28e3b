using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>
/// Whether it makes sense to create pods at all. Without a scheduler or a controller no pod would ever start, and the test
/// would blame whatever the pods were meant to show; nor could its namespace be removed.
/// </summary>
public static class TestNamespaceGate
{
    private static readonly string[] Needed = ["kube-controller-manager", "kube-scheduler"];

    /// <summary>Why tier 1 isn't run; null where it can be.</summary>
    public static async Task<string?> ReasonAsync(SmokeContext context, IReadOnlyList<SmokeCheckResult> results)
    {
        var unreachable = results.FirstOrDefault(result => result.Failed && result.Area == SmokeArea.Api);
        if (unreachable is not null)
            return $"the API can't be used: see {unreachable.Id}";
        try
        {
            return Judge(await context.NodeStatesAsync(), await context.SystemPodsAsync());
        }
        catch (ApiProblem problem)
        {
            return $"the API can't be used: {problem.Message}";
        }
    }

    internal static string? Judge(NodeStates states, IReadOnlyList<KubePod> systemPods)
    {
        if (!states.IsKnown)
            return "the kubeconfig's user may not list nodes";
        if (states.Usable.Count == 0)
            return "no node can be used: see nodes-ready";

        var components = systemPods.ToLookup(pod => pod.Labels.GetValueOrDefault("component") ?? "");
        // A control plane that isn't made of pods can't be looked at here; the checks themselves will tell.
        var lost = components["kube-apiserver"].Any()
            ? Needed.FirstOrDefault(name => !components[name].Any(pod => pod.IsReady || states.Trouble(pod.Node) is not null))
            : null;
        return lost is null ? null : $"no {lost} is ready, so no pod would start: see control-plane-pods";
    }
}
