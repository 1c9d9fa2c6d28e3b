namespace KubeLab.Kubernetes;

/// <summary>Reads fields of API objects, which versions of Kubernetes may leave out: then they have their default.</summary>
public static class JsonFields
{
    /// <summary>The element at a path of property names, or null where any step is missing.</summary>
    public static JsonElement? At(this JsonElement element, params ReadOnlySpan<string> path)
    {
        var current = element;
        try
        {
            foreach (var name in path)
            {
                if (current.ValueKind != JsonValueKind.Object || !current.TryGetProperty(name, out current))
                    return null;
            }
        }
        catch (InvalidOperationException)
        {
            // A name in which half a character was cut off is none that anybody asks for.
            return null;
        }

        return current.ValueKind == JsonValueKind.Null ? null : current;
    }

    /// <summary>A text, or null where it is missing or no text.</summary>
    public static string? Text(this JsonElement element, params ReadOnlySpan<string> path) =>
        element.At(path) is { ValueKind: JsonValueKind.String } found ? Said(found) : null;

    /// <summary>A text; as it was written where it is none, or half a character was cut off.</summary>
    public static string Said(this JsonElement text)
    {
        try
        {
            return text.GetString() ?? "";
        }
        catch (InvalidOperationException)
        {
            return text.GetRawText().Trim('"');
        }
    }

    /// <summary>A whole number, or 0 where it is missing.</summary>
    public static int Number(this JsonElement element, params ReadOnlySpan<string> path) =>
        element.At(path) is { ValueKind: JsonValueKind.Number } found && found.TryGetInt32(out var number) ? number : 0;

    /// <summary>A boolean, or false where it is missing.</summary>
    public static bool Flag(this JsonElement element, params ReadOnlySpan<string> path) =>
        element.At(path) is { ValueKind: JsonValueKind.True };

    /// <summary>A point in time, or null where it is missing or can't be read.</summary>
    public static DateTimeOffset? Time(this JsonElement element, params ReadOnlySpan<string> path) =>
        DateTimeOffset.TryParse(
            element.Text(path), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    /// <summary>The elements of an array; none where it is missing.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement element, params ReadOnlySpan<string> path) =>
        element.At(path) is { ValueKind: JsonValueKind.Array } found ? found.EnumerateArray() : [];

    /// <summary>The properties of an object as texts; none where it is missing.</summary>
    public static IReadOnlyDictionary<string, string> Texts(this JsonElement element, params ReadOnlySpan<string> path)
    {
        var texts = new Dictionary<string, string>();
        foreach (var property in element.Properties(path))
            texts[property.Name] = property.Value.ValueKind == JsonValueKind.String ? Said(property.Value) : "";
        return texts;
    }

    /// <summary>The properties of an object; none where it is missing.</summary>
    public static IEnumerable<JsonProperty> Properties(this JsonElement element, params ReadOnlySpan<string> path) =>
        element.At(path) is { ValueKind: JsonValueKind.Object } found ? found.EnumerateObject() : [];
}
