using System.Text.Json;

namespace KubeLab.Smoke.Api;

/// <summary>An event.</summary>
/// <param name="Type"><c>Normal</c> or <c>Warning</c>.</param>
/// <param name="Reason">Its reason as one word.</param>
/// <param name="About">What it is about, as <c>Kind/name</c>.</param>
/// <param name="Message">Its sentence.</param>
public sealed record KubeEvent(string Type, string Reason, string About, string Message)
{
    /// <summary>Reads an event of the API.</summary>
    public static KubeEvent Read(JsonElement item) => new(
        item.Text("type") ?? "",
        item.Text("reason") ?? "",
        $"{item.Text("involvedObject", "kind")}/{item.Text("involvedObject", "name")}",
        item.Text("message") ?? "");
}
