using System.Text.Json;
using KubeLab.Kubernetes;
using KubeLab.Smoke;

namespace KubeLab.Tests.Smoke;

/// <summary>What a real cluster answered: see <c>samples/README.md</c>.</summary>
internal static class Recorded
{
    public static IReadOnlyList<KubeNode> Nodes(string name = "nodes") => List(name, KubeNode.Read);

    public static IReadOnlyList<KubePod> Pods(string name = "system-pods") => List(name, KubePod.Read);

    public static IReadOnlyList<KubeLease> Leases(string name = "node-leases") => List(name, KubeLease.Read);

    public static NodeStates States(string nodes = "nodes", string leases = "node-leases") =>
        NodeStates.Judge(Nodes(nodes), Leases(leases), []);

    public static IReadOnlyList<T> List<T>(string name, Func<JsonElement, T> read)
    {
        using var document = JsonDocument.Parse(Text(name));
        return [.. document.RootElement.GetProperty("items").EnumerateArray().Select(read)];
    }

    /// <summary>As much of an API server's metrics as is read.</summary>
    public static string Metrics => "# HELP\napiserver_request_total{code=\"200\"} 9\nprocess_start_time_seconds 1.7e+09\n";

    public static string Text(string name) =>
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Smoke", "samples", "kubernetes-1.20.2", $"{name}.json"));
}
