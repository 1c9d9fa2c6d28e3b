using System.Text.Encodings.Web;
using System.Text.Json;

namespace KubeLab.Diagnosis;

/// <summary>The explanations of a run as <c>explanations.json</c> in the run's record: a list, the first cause first.</summary>
public static class ExplanationJson
{
    /// <summary>The file's name in the run's record.</summary>
    public const string FileName = "explanations.json";

    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        // The file is read by people and programs, never by a browser as part of a page.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes explanations as JSON.</summary>
    public static string Write(IReadOnlyList<Explanation> explanations) => JsonSerializer.Serialize(explanations, Options);

    /// <summary>Reads explanations from JSON; none where it isn't such a list, as after a run that was killed while it wrote.</summary>
    public static IReadOnlyList<Explanation> Read(string json)
    {
        try
        {
            return [.. (JsonSerializer.Deserialize<List<Explanation?>>(json, Options) ?? []).OfType<Explanation>()];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    /// <summary>Reads the explanations in a run's record; none where the run left none.</summary>
    public static IReadOnlyList<Explanation> ReadFrom(string recordDirectory) =>
        Path.Combine(recordDirectory, FileName) is var file && File.Exists(file) ? Read(File.ReadAllText(file)) : [];
}
