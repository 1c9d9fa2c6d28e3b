using System.Text.Json;

namespace KubeLab.Preflight;

/// <summary>What became of a template.</summary>
/// <param name="Value">Its value; null where it could not be resolved.</param>
/// <param name="Error">Why it could not be resolved; null where it could.</param>
public sealed record TemplateResult(JsonElement? Value, string? Error);
