using System.Text.Json;
using KubeLab.Smoke.Api;

namespace KubeLab.Smoke;

/// <summary>Reads what <c>etcdctl -w json</c> prints.</summary>
internal static class EtcdJson
{
    /// <summary>The document, or null where the text is none.</summary>
    public static JsonElement? Read(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>An id of 64 bits without a sign; 0 where it is missing.</summary>
    public static ulong Id(JsonElement element, string name) =>
        element.At(name) is { ValueKind: JsonValueKind.Number } found && found.TryGetUInt64(out var id) ? id : 0;
}
