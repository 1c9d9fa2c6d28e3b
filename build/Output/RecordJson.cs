using System.Text.Encodings.Web;

namespace KubeLab.Output;

/// <summary>The JSON files that KubeLab keeps: records, written and read by one serialiser.</summary>
public static class RecordJson
{
    /// <summary>How they are written.</summary>
    public static JsonSerializerOptions Options { get; } = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        // The text is a file, not part of a page: quotes and letters stay as they are.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        // What KubeLab remembers was once written in PascalCase.
        PropertyNameCaseInsensitive = true,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase), new Times(), new Figures(), new Durations() },
    };

    /// <summary>A record as a file holds it.</summary>
    public static string Write<T>(T record) => JsonSerializer.Serialize(record, Options) + "\n";

    /// <summary>Writes a record that is too large for one text: a thousand nodes have fifty thousand findings.</summary>
    public static void Write<T>(Stream file, T record)
    {
        JsonSerializer.Serialize(file, record, Options);
        file.WriteByte((byte)'\n');
    }

    /// <summary>Reads a record that tells its version.</summary>
    /// <exception cref="JsonException">The text is no such JSON, or of a newer version.</exception>
    public static T Read<T>(ReadOnlySpan<byte> json, int newest)
    {
        if (VersionOf(json) is var version && version > newest)
            throw new JsonException($"it has version {version}, and this KubeLab knows versions up to {newest}");
        RefuseNullItems(json);
        return JsonSerializer.Deserialize<T>(json, Options) ?? throw new JsonException("it is null");
    }

    /// <summary>Reads what KubeLab remembers in a file; null where none can be, as after a run killed while it wrote.</summary>
    public static T? Recall<T>(string file)
        where T : class
    {
        try
        {
            if (!File.Exists(file))
                return null;
            var json = File.ReadAllBytes(file).AsSpan();
            RefuseNullItems(json = json.StartsWith(Encoding.UTF8.Preamble) ? json[Encoding.UTF8.Preamble.Length..] : json);
            return JsonSerializer.Deserialize<T>(json, Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // The serialiser holds members to what may be null, but not the items of lists.
    private static void RefuseNullItems(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        var lists = new Stack<bool>();
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject)
                lists.Push(reader.TokenType == JsonTokenType.StartArray);
            else if (reader.TokenType is JsonTokenType.EndArray or JsonTokenType.EndObject)
                lists.Pop();
            else if (reader.TokenType == JsonTokenType.Null && lists.TryPeek(out var isList) && isList)
                throw new JsonException("a list in it holds null");
        }
    }

    // Read up to there only: it stands first in what KubeLab writes.
    private static int VersionOf(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("it is no object");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isVersion = reader.GetString()!.Equals("version", StringComparison.OrdinalIgnoreCase);
            reader.Read();
            if (isVersion)
                return reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var version)
                    ? version
                    : throw new JsonException("its version is no number");
            reader.Skip();
        }

        throw new JsonException("it tells no version");
    }

    // In UTC, to the second, as RFC 3339 has it.
    private sealed class Times : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            reader.GetDateTimeOffset();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"));
    }

    // To three decimals: milliseconds, where they are seconds.
    private sealed class Figures : JsonConverter<double>
    {
        public override double Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => reader.GetDouble();

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options) =>
            writer.WriteNumberValue(Math.Round(value, 3));
    }

    private sealed class Durations : JsonConverter<TimeSpan>
    {
        public override TimeSpan Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            TimeSpan.FromSeconds(Math.Clamp(reader.GetDouble(), 0, int.MaxValue));

        public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
            writer.WriteNumberValue(Math.Round(value.TotalSeconds, 3));
    }
}
