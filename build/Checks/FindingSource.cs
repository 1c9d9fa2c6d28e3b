namespace KubeLab.Checks;

/// <summary>Where a requirement comes from: a file and line, or a variable, a program or a public document.</summary>
/// <param name="Place">The file, relative to what a person knows, or the name of what is no file.</param>
/// <param name="Line">The line, counted from 1; null for none.</param>
[JsonConverter(typeof(InJson))]
public sealed record FindingSource(string Place, int? Line = null)
{
    /// <summary>What is no file.</summary>
    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(text))]
    public static implicit operator FindingSource?(string? text) => text is null ? null : new FindingSource(text);

    /// <summary>Where a variable's value was written.</summary>
    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(source))]
    public static implicit operator FindingSource?(VariableSource? source) =>
        source is null ? null : new FindingSource(source.Path, source.Line);

    /// <summary>This source with its text changed.</summary>
    public FindingSource With(Func<string, string> change) => this with { Place = change(Place) };

    /// <summary>The source as editors read it: <c>inventory/lab/group_vars/all.yml:12</c>.</summary>
    public override string ToString() => Line is null ? Place : $"{Place}:{Line}";

    private sealed record FileAndLine(string File, int Line);

    // A file with its line is written as an object, all else as a text. Records of before had both as a text.
    private sealed class InJson : JsonConverter<FindingSource>
    {
        public override FindingSource Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.String)
            {
                var place = JsonSerializer.Deserialize<FileAndLine>(ref reader, options) ?? throw new JsonException();
                return new FindingSource(place.File, place.Line);
            }

            var text = reader.GetString()!;
            return !text.Contains(' ') && text.LastIndexOf(':') is > 0 and var colon
                && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var line)
                    ? new FindingSource(text[..colon], line) : new FindingSource(text);
        }

        public override void Write(Utf8JsonWriter writer, FindingSource value, JsonSerializerOptions options)
        {
            if (value.Line is { } line)
                JsonSerializer.Serialize(writer, new FileAndLine(value.Place, line), options);
            else
                writer.WriteStringValue(value.Place);
        }
    }
}
