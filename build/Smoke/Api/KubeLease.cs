using System.Text.Json;

namespace KubeLab.Smoke.Api;

/// <summary>A lease: for a node, the sign of life that its kubelet renews every 10 seconds.</summary>
/// <param name="Name">Its name; a node's lease has the node's name.</param>
/// <param name="Renewed">When it was renewed, by the clock of the one who holds it; null where it never was.</param>
/// <param name="DurationSeconds">How long it holds, in seconds: 40 for a kubelet, which renews it after a quarter of that.</param>
/// <param name="ResourceVersion">The place of its last write among all writes to the store.</param>
public sealed record KubeLease(string Name, DateTimeOffset? Renewed, int DurationSeconds, long ResourceVersion)
{
    /// <summary>Reads a lease of the API.</summary>
    public static KubeLease Read(JsonElement lease) => new(
        lease.Text("metadata", "name") ?? "",
        lease.Time("spec", "renewTime"),
        lease.Number("spec", "leaseDurationSeconds"),
        long.TryParse(lease.Text("metadata", "resourceVersion"), out var version) ? version : 0);
}
