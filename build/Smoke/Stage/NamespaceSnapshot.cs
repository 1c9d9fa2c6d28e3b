using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>What stands in the test's namespace once its pods are ready.</summary>
/// <param name="Agents">The agents that can be used, by node name in order.</param>
/// <param name="Missing">The nodes without an agent that can be used.</param>
public sealed record NamespaceSnapshot(
    string Namespace,
    IReadOnlyList<SmokeAgent> Agents,
    IReadOnlyList<string> Missing,
    IReadOnlyList<KubePod> Pods,
    IReadOnlyDictionary<string, KubeService> Services,
    IReadOnlyList<KubeEvent> Events)
{
    /// <summary>What befell nodes that could be counted on before the test's pods were made, by name.</summary>
    public IReadOnlyDictionary<string, string> Lost { get; init; } = new Dictionary<string, string>();

    /// <summary>The cluster's DNS Service; null where it has none.</summary>
    public KubeService? Dns { get; init; }

    /// <summary>A name outside of the cluster that pods must be able to resolve; null for none.</summary>
    public string? ExternalName { get; init; }

    /// <summary>The label that says which part a pod plays.</summary>
    public const string PartLabel = "kubelab.dev/part";

    /// <summary>The ready pods that play a part.</summary>
    public IReadOnlyList<KubePod> Ready(string part) =>
        [.. Pods.Where(pod => pod.IsReady && !pod.IsDeleted && pod.Labels.GetValueOrDefault(PartLabel) == part)];
}
