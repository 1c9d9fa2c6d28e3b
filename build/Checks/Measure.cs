namespace KubeLab.Checks;

/// <summary>What was found or is required: a figure with its unit, or a text where it is none.</summary>
/// <param name="Text">As people read it: <c>512 MB</c>, <c>systemd</c>.</param>
/// <param name="Value">The figure; null where it is none.</param>
[JsonConverter(typeof(InJson))]
public sealed record Measure(string Text, double? Value = null, string? Unit = null)
{
    /// <summary>A figure.</summary>
    /// <param name="unit">Its unit, such as <c>MB</c>; null for a count.</param>
    public static Measure Of(double value, string? unit = null)
    {
        // In full, as 1E+20 is no figure that anybody would recognise.
        var figure = value.ToString("0.###", CultureInfo.InvariantCulture);
        return new Measure(unit is null ? figure : $"{figure} {unit}", value, unit);
    }

    /// <summary>What is no figure.</summary>
    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(text))]
    public static implicit operator Measure?(string? text) => text is null ? null : new Measure(text);

    /// <summary>This measure with its text changed; a figure stays what it is.</summary>
    public Measure With(Func<string, string> change) => this with { Text = change(Text) };

    /// <summary>The measure as people read it.</summary>
    public override string ToString() => Text;

    private sealed record Figure(double Value, string? Unit);

    // A text is written as one, a figure as an object. Records of before had both as a text.
    private sealed class InJson : JsonConverter<Measure>
    {
        public override Measure Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.String)
            {
                var figure = JsonSerializer.Deserialize<Figure>(ref reader, options) ?? throw new JsonException();
                return Of(figure.Value, figure.Unit);
            }

            var text = reader.GetString()!;
            return text.Split(' ') is [var number, "MB"]
                && double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
                    ? Of(value, "MB")
                    : text;
        }

        public override void Write(Utf8JsonWriter writer, Measure value, JsonSerializerOptions options)
        {
            if (value.Value is { } figure)
                JsonSerializer.Serialize(writer, new Figure(figure, value.Unit), options);
            else
                writer.WriteStringValue(value.Text);
        }
    }
}
