namespace KubeLab.Checks;

/// <summary>What a check says of one node, of one object, or of the cluster.</summary>
/// <param name="Node">The node's name; null where it concerns the cluster.</param>
/// <param name="Message">What it says in a sentence; for a skipped check, why.</param>
public record Finding(
    string Check,
    string Title,
    string? Node,
    [property: JsonConverter(typeof(Finding.StatusWords))] FindingStatus Status,
    string Message)
{
    /// <summary>The object that it is about, such as <c>pod kube-system/etcd-m0</c>; null for none.</summary>
    [JsonPropertyName("object")]
    public string? Subject { get; init; }

    /// <summary>What was found, as short as a table needs it: <c>512 MB</c>.</summary>
    public Measure? Observed { get; init; }

    /// <summary>What was required: <c>1024 MB</c>.</summary>
    public Measure? Required { get; init; }

    /// <summary>Where the requirement comes from.</summary>
    public FindingSource? Source { get; init; }

    /// <summary>What to do.</summary>
    public string? Remedy { get; init; }

    /// <summary>The finding in one line, with its node.</summary>
    public sealed override string ToString() => Node is null ? Message : $"{Node}: {Message}";

    /// <summary>This finding with what was found, what is required, and where that is required.</summary>
    public Finding Compared(Measure? observed, Measure? required, FindingSource? source) =>
        this with { Observed = observed, Required = required, Source = source };

    /// <summary>This finding with each of its texts changed.</summary>
    public Finding With(Func<string, string> change)
    {
        return this with
        {
            Check = change(Check),
            Title = change(Title),
            Node = Changed(Node),
            Subject = Changed(Subject),
            Message = change(Message),
            Observed = Observed?.With(change),
            Required = Required?.With(change),
            Source = Source?.With(change),
            Remedy = Changed(Remedy),
        };

        string? Changed(string? text) => text is null ? null : change(text);
    }

    // Records of before had words of their own for the preflight.
    internal sealed class StatusWords : JsonConverter<FindingStatus>
    {
        public override FindingStatus Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            reader.GetString() switch
            {
                "passed" or "pass" => FindingStatus.Passed,
                "skipped" => FindingStatus.Skipped,
                "warning" or "warn" => FindingStatus.Warning,
                "failed" or "fail" => FindingStatus.Failed,
                var word => throw new JsonException($"no finding has the status {word}"),
            };

        public override void Write(Utf8JsonWriter writer, FindingStatus value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.Mark.Words);
    }
}

/// <summary>What a check found. Skipped is not passed.</summary>
public enum FindingStatus
{
    /// <summary>It holds.</summary>
    Passed,

    /// <summary>It was not judged; the message says why.</summary>
    Skipped,

    /// <summary>It holds, and deserves a second look.</summary>
    Warning,

    /// <summary>It does not hold.</summary>
    Failed,
}

/// <summary>How findings look.</summary>
public static class FindingMarks
{
    extension(FindingStatus status)
    {
        /// <summary>The mark of a status.</summary>
        public Mark Mark => status switch
        {
            FindingStatus.Passed => Mark.Passed,
            FindingStatus.Warning => Mark.Warning,
            FindingStatus.Failed => Mark.Failed,
            _ => Mark.Skipped,
        };
    }
}
