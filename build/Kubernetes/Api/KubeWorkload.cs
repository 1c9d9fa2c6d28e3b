namespace KubeLab.Kubernetes;

/// <summary>A Deployment or a DaemonSet: how many pods it wants and has.</summary>
/// <param name="Kind"><c>deployment</c> or <c>daemonset</c>.</param>
/// <param name="IsObserved">Whether the controller has seen its current generation.</param>
public sealed record KubeWorkload(
    string Kind, string Name, string Namespace, IReadOnlyDictionary<string, string> Selector,
    int Wanted, int Updated, int Available, bool IsObserved)
{
    /// <summary>Whether all that it wants is there.</summary>
    public bool IsComplete => IsObserved && Updated >= Wanted && Available >= Wanted;

    /// <summary>The workload as a reference for evidence.</summary>
    public ObjectReference Reference => new(Kind, Name, Namespace);

    /// <summary>Whether a pod belongs to it.</summary>
    public bool Selects(KubePod pod) =>
        Selector.Count > 0
        && pod.Namespace == Namespace
        && Selector.All(label => pod.Labels.TryGetValue(label.Key, out var value) && value == label.Value);

    /// <summary>Reads a Deployment of the API.</summary>
    public static KubeWorkload ReadDeployment(JsonElement item) => Read("deployment", item) with
    {
        Wanted = item.At("spec", "replicas") is { ValueKind: JsonValueKind.Number } replicas ? replicas.GetInt32() : 1,
        Updated = item.Number("status", "updatedReplicas"),
        Available = item.Number("status", "availableReplicas"),
    };

    /// <summary>Reads a DaemonSet of the API.</summary>
    public static KubeWorkload ReadDaemonSet(JsonElement item) => Read("daemonset", item) with
    {
        Wanted = item.Number("status", "desiredNumberScheduled"),
        Updated = item.Number("status", "updatedNumberScheduled"),
        Available = item.Number("status", "numberAvailable"),
    };

    private static KubeWorkload Read(string kind, JsonElement item) => new(
        kind,
        item.Text("metadata", "name") ?? "",
        item.Text("metadata", "namespace") ?? "",
        item.Texts("spec", "selector", "matchLabels"),
        Wanted: 0, Updated: 0, Available: 0,
        item.Number("status", "observedGeneration") >= item.Number("metadata", "generation"));
}
