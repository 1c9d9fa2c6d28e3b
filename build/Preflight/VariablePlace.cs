using System.Text.Json;
using KubeLab.Clusters;

namespace KubeLab.Preflight;

/// <summary>A place in an inventory where a variable is set.</summary>
/// <param name="Source">The file and line.</param>
/// <param name="Text">The value as it is written there.</param>
/// <param name="IsQuoted">Whether it is in quotes.</param>
/// <param name="IsCompound">Whether it is a list or a map, whose items aren't compared.</param>
internal sealed record VariablePlace(VariableSource Source, string Text, bool IsQuoted, bool IsCompound)
{
    /// <summary>Whether the place holds a value, as far as can be told: a text, number or boolean has to be the very same, unless it is a template.</summary>
    public bool Holds(JsonElement value) => EffectiveVariable.IsTemplate(Text) || value.ValueKind switch
    {
        JsonValueKind.Array or JsonValueKind.Object => IsCompound,
        JsonValueKind.Null => Text.Length == 0 || Text is "~" or "null",
        JsonValueKind.String => value.GetString() == Text,
        JsonValueKind.Number => YamlScalar.ToJson(Text, IsQuoted) is { ValueKind: JsonValueKind.Number } number && number.GetDouble().Equals(value.GetDouble()),
        JsonValueKind.True or JsonValueKind.False => YamlScalar.ToJson(Text, IsQuoted).ValueKind == value.ValueKind,
        _ => false,
    };
}
