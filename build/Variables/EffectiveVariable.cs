using System.Text.Encodings.Web;

namespace KubeLab.Variables;

/// <summary>A variable as a node's tasks see it.</summary>
/// <param name="written">Finds out where it was written, which is only asked for where it is to be said.</param>
public sealed class EffectiveVariable(string name, JsonElement value, bool isDefault, Func<VariableSource> written)
{
    private static readonly JsonSerializerOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Lazy<VariableSource> source = new(written);

    /// <summary>Its name.</summary>
    public string Name { get; } = name;

    /// <summary>Its value after Ansible's precedence, templates resolved.</summary>
    public JsonElement Value { get; } = value;

    /// <summary>Whether it is the distribution's own default.</summary>
    public bool IsDefault { get; } = isDefault;

    /// <summary>Where it was written.</summary>
    public VariableSource Source => source.Value;

    /// <summary>Why its template could not be resolved, so that its value is of no use; null where it could or is none.</summary>
    public string? Unresolved { get; init; }

    /// <summary>The value as text, in one line where it is a list or a map.</summary>
    public string Text => Value.ValueKind switch
    {
        JsonValueKind.String => Value.GetString()!,
        JsonValueKind.Array or JsonValueKind.Object => JsonSerializer.Serialize(Value, OneLine),
        _ => Value.GetRawText(),
    };

    /// <summary>The number, or null where the value is none: a text that looks like one is none for Ansible either.</summary>
    public double? Number => Value.ValueKind == JsonValueKind.Number && Value.TryGetDouble(out var number) ? number : null;

    /// <summary>The number as Ansible's <c>int</c> filter reads it, or null: here a text that is a number counts.</summary>
    public int? WholeNumber =>
        Number is { } number && number is >= int.MinValue and <= int.MaxValue ? (int)number
        : Value.ValueKind == JsonValueKind.String
            && int.TryParse(Value.GetString(), NumberStyles.AllowLeadingSign, null, out var whole) ? whole
        : null;

    /// <summary>Whether a bare <c>when: variable</c> holds. Ansible decides it as Python does: any text that isn't empty holds,
    /// even "false", which is what <c>variable=false</c> in an INI inventory gives.</summary>
    public bool IsTruthy => Value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.Number => Number is not 0,
        JsonValueKind.String => Value.GetString()!.Length > 0,
        JsonValueKind.Array => Value.GetArrayLength() > 0,
        JsonValueKind.Object => Value.EnumerateObject().Any(),
        _ => false,
    };

    /// <summary>The value as Ansible's <c>bool</c> filter reads it.</summary>
    public bool IsTrue => Value.ValueKind == JsonValueKind.True
        || Text.ToLowerInvariant() is "true" or "yes" or "on" or "1" or "y" or "t";

    /// <summary>The items, where the value is a list of plain values.</summary>
    public IReadOnlyList<string> Items => Value.ValueKind == JsonValueKind.Array
        ? [.. Value.EnumerateArray()
            .Select(item => item.ValueKind == JsonValueKind.String ? item.GetString()! : item.GetRawText())]
        : [];

    /// <summary>Whether a value holds a Jinja template.</summary>
    public static bool IsTemplate(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => Template.IsIn(value.GetString()!),
        JsonValueKind.Array => value.EnumerateArray().Any(IsTemplate),
        JsonValueKind.Object => value.EnumerateObject().Any(property => IsTemplate(property.Value)),
        _ => false,
    };
}
