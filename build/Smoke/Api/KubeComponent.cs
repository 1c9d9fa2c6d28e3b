using System.Text.Json;

namespace KubeLab.Smoke.Api;

/// <summary>What the API server finds when it asks a component for its health (<c>componentstatuses</c>).</summary>
/// <param name="Name">Its name: <c>etcd-0</c>.</param>
/// <param name="IsHealthy">Whether it answers that it is healthy.</param>
/// <param name="Message">What it answers.</param>
public sealed record KubeComponent(string Name, bool IsHealthy, string Message)
{
    /// <summary>Reads a ComponentStatus of the API.</summary>
    public static KubeComponent Read(JsonElement item)
    {
        var healthy = item.Items("conditions").FirstOrDefault(condition => condition.Text("type") == "Healthy");
        return new KubeComponent(
            item.Text("metadata", "name") ?? "",
            healthy.Text("status") == "True",
            healthy.Text("error") is { Length: > 0 } error ? error : healthy.Text("message") ?? "");
    }
}
