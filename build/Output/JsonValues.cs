using System.Text.Json.Nodes;

namespace KubeLab.Output;

/// <summary>How the values of KubeLab's JSON files are written, the same in all of them.</summary>
internal static class JsonValues
{
    /// <summary>A time in UTC, to the second, as RFC 3339 has it.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");

    /// <summary>Seconds, to the millisecond.</summary>
    public static double Seconds(double seconds) => Math.Round(seconds, 3);

    /// <summary>An array of items, each written by itself.</summary>
    public static JsonArray Array<T>(IEnumerable<T> items, Func<T, JsonNode?> write) => [.. items.Select(write)];
}
