namespace KubeLab.Kubernetes;

/// <summary>A Service.</summary>
/// <param name="ClusterAddress">Its cluster address; null for a headless one.</param>
/// <param name="HasSelector">Whether it selects pods by labels, so that an empty one is a fault.</param>
/// <param name="NodePort">The port on every node of its first port; 0 for none.</param>
public sealed record KubeService(
    string Name,
    string Namespace,
    string? ClusterAddress,
    bool HasSelector,
    int NodePort,
    IReadOnlyDictionary<string, string> Labels)
{
    /// <summary>The Service as a reference for evidence.</summary>
    public ObjectReference Reference => new("service", Name, Namespace);

    /// <summary>Reads a Service of the API.</summary>
    public static KubeService Read(JsonElement service) => new(
        service.Text("metadata", "name") ?? "",
        service.Text("metadata", "namespace") ?? "",
        service.Text("spec", "clusterIP") is { Length: > 0 } address and not "None" ? address : null,
        service.Properties("spec", "selector").Any(),
        service.Items("spec", "ports").Select(port => port.Number("nodePort")).FirstOrDefault(),
        service.Texts("metadata", "labels"));
}
