using System.Text.Json;

namespace KubeLab.Smoke.Api;

/// <summary>A condition of a node or a workload.</summary>
/// <param name="Type">Its type: <c>Ready</c>.</param>
/// <param name="Status">Its status: <c>True</c>, <c>False</c> or <c>Unknown</c>.</param>
/// <param name="Reason">The reason as one word.</param>
/// <param name="Message">The reason as a sentence.</param>
public sealed record KubeCondition(string Type, string Status, string Reason, string Message)
{
    /// <summary>Reads a condition of the API.</summary>
    public static KubeCondition Read(JsonElement condition) => new(
        condition.Text("type") ?? "",
        condition.Text("status") ?? "",
        condition.Text("reason") ?? "",
        condition.Text("message") ?? "");
}
