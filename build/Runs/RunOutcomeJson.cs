using System.Text.Encodings.Web;
using System.Text.Json;

namespace KubeLab.Runs;

/// <summary>How a run ended, as <c>run.json</c> in its record.</summary>
public static class RunOutcomeJson
{
    /// <summary>The file's name in the run's record.</summary>
    public const string FileName = "run.json";

    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        // The text is a file, not part of a page: quotes and letters stay as they are.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        RespectNullableAnnotations = true,
    };

    /// <summary>Writes it.</summary>
    public static string Write(RunOutcome outcome) => JsonSerializer.Serialize(outcome, Options) + "\n";

    /// <summary>Reads it.</summary>
    /// <exception cref="JsonException">The text is no such JSON, or of a newer version.</exception>
    public static RunOutcome Read(string json)
    {
        var outcome = JsonSerializer.Deserialize<RunOutcome>(json, Options) ?? throw new JsonException("it is null");
        return outcome.Version <= RunOutcome.CurrentVersion
            ? outcome
            : throw new JsonException($"it has version {outcome.Version}, and this KubeLab knows versions up to {RunOutcome.CurrentVersion}");
    }
}
