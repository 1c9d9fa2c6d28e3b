using System.Text.Json;

namespace KubeLab.Smoke.Api;

/// <summary>A namespace.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Annotations">Its annotations.</param>
/// <param name="IsDeleted">Whether it is being deleted.</param>
/// <param name="Conditions">What its deletion waits for.</param>
public sealed record KubeNamespace(
    string Name, IReadOnlyDictionary<string, string> Annotations, bool IsDeleted, IReadOnlyList<KubeCondition> Conditions)
{
    /// <summary>Reads a namespace of the API.</summary>
    public static KubeNamespace Read(JsonElement item) => new(
        item.Text("metadata", "name") ?? "",
        item.Texts("metadata", "annotations"),
        item.Text("metadata", "deletionTimestamp") is not null,
        [.. item.Items("status", "conditions").Select(KubeCondition.Read)]);

    /// <summary>Reads a namespace from its JSON.</summary>
    public static KubeNamespace Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return Read(document.RootElement);
    }
}
