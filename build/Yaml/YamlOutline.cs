using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace KubeLab.Yaml;

/// <summary>
/// The first document of a YAML text, read event by event: keys that come twice are told, not refused, aliases are counted, not
/// followed, and no depth ends the program.
/// </summary>
public sealed class YamlOutline
{
    // PyYAML, which Ansible reads with, gives up long before.
    private const int MostDepth = 1000;

    private readonly Stack<Frame> open = new();
    private readonly Dictionary<string, double> anchors = [];
    private readonly List<WrittenVariable> variables = [];
    private readonly List<string> texts = [];
    private readonly List<RepeatedKey> repeated = [];
    private readonly string shownPath;

    private YamlOutline(string shownPath) => this.shownPath = shownPath;

    /// <summary>The keys of the outermost mapping with their values, in their order; a repeated one comes again.</summary>
    public IReadOnlyList<WrittenVariable> Variables => variables;

    /// <summary>Every plain value, at any depth.</summary>
    public IReadOnlyList<string> Texts => texts;

    /// <summary>The keys that a mapping has twice, at any depth.</summary>
    public IReadOnlyList<RepeatedKey> Repeated => repeated;

    /// <summary>What the document is; null for an empty one.</summary>
    public YamlShape? Shape { get; private set; }

    /// <summary>How many values there are once every alias is followed.</summary>
    public double ExpandedSize { get; private set; }

    /// <summary>Reads a text.</summary>
    /// <param name="shownPath">The file, as sources show it.</param>
    /// <exception cref="YamlException">It is no YAML.</exception>
    public static YamlOutline Read(TextReader text, string shownPath)
    {
        var outline = new YamlOutline(shownPath);
        var parser = new Parser(text);
        try
        {
            while (parser.MoveNext() && parser.Current is not DocumentEnd)
                outline.Take(parser.Current!);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            var end = parser.Current?.End ?? YamlDotNet.Core.Mark.Empty;
            throw new YamlException(end, end, exception.Message, exception);
        }

        return outline;
    }

    private void Take(ParsingEvent next)
    {
        switch (next)
        {
            case MappingStart or SequenceStart:
                Open((NodeEvent)next);
                break;
            case MappingEnd or SequenceEnd:
                var frame = open.Pop();
                Close(frame, frame.Start);
                break;
            case Scalar scalar:
                TakeScalar(scalar);
                break;
            case AnchorAlias alias:
                Count(anchors.GetValueOrDefault(alias.Value.Value, 1));
                Settle(null);
                break;
        }
    }

    private void Open(NodeEvent start)
    {
        if (open.Count >= MostDepth)
            throw new YamlException(start.Start, start.End, $"more than {MostDepth} values within each other");
        Shape ??= start is MappingStart ? YamlShape.Mapping : YamlShape.Sequence;
        open.Push(new Frame(start));
    }

    private void Close(Frame frame, NodeEvent start)
    {
        if (!start.Anchor.IsEmpty)
            anchors[start.Anchor.Value] = frame.Size;
        Count(frame.Size);
        Settle(null, frame);
    }

    private void TakeScalar(Scalar scalar)
    {
        Shape ??= scalar is { IsPlainImplicit: true, Value: "" or "~" or "null" } ? null : YamlShape.Scalar;
        if (!scalar.Anchor.IsEmpty)
            anchors[scalar.Anchor.Value] = 1;
        Count(1);
        if (open.TryPeek(out var frame) && frame.AwaitsKey)
            TakeKey(frame, scalar);
        else
            Settle(scalar);
    }

    private void TakeKey(Frame frame, Scalar key)
    {
        var line = (int)key.Start.Line;
        if (!frame.Keys.TryAdd(key.Value, line) && key.Value != "<<")
            repeated.Add(new RepeatedKey(key.Value, new VariableSource(shownPath, frame.Keys[key.Value]), line));
        (frame.Key, frame.KeyLine, frame.AwaitsKey) = (key.Value, line, false);
    }

    // A node has come to its end: as a key, a value or an item of what it stands in.
    private void Settle(Scalar? scalar, Frame? compound = null)
    {
        if (scalar is not null)
            texts.Add(scalar.Value);
        if (!open.TryPeek(out var frame))
            return;
        if (!frame.IsMapping)
        {
            if (scalar is not null)
                frame.Items.Add(scalar.Value);
            return;
        }

        if (frame.AwaitsKey)
        {
            // A list or an alias as a key has no name.
            (frame.Key, frame.AwaitsKey) = (null, false);
            return;
        }

        if (open.Count == 1 && frame.Key is { } name)
            variables
                .Add(new WrittenVariable(name, scalar?.Value ?? "", compound?.Items ?? [],
                    new VariableSource(shownPath, frame.KeyLine))
                {
                    IsQuoted = scalar is { Style: not (ScalarStyle.Plain or ScalarStyle.Any) },
                    IsEncrypted = scalar is { Tag: { IsEmpty: false, Value: "!vault" } },
                    IsCompound = scalar is null,
                });
        frame.AwaitsKey = true;
    }

    private void Count(double size)
    {
        if (open.TryPeek(out var frame))
            frame.Size += size;
        else
            ExpandedSize = size;
    }

    private sealed class Frame(NodeEvent start)
    {
        public NodeEvent Start { get; } = start;
        public bool IsMapping { get; } = start is MappingStart;
        public bool AwaitsKey { get; set; } = start is MappingStart;
        public string? Key { get; set; }
        public int KeyLine { get; set; }
        public Dictionary<string, int> Keys { get; } = [];
        public List<string> Items { get; } = [];
        public double Size { get; set; } = 1;
    }
}

/// <summary>What a YAML document is.</summary>
public enum YamlShape
{
    /// <summary>Keys with values.</summary>
    Mapping,

    /// <summary>A list.</summary>
    Sequence,

    /// <summary>One value.</summary>
    Scalar,
}

/// <summary>A key that a mapping has twice: the last value holds.</summary>
/// <param name="First">Where it stands first.</param>
/// <param name="Line">The line on which it stands again.</param>
public sealed record RepeatedKey(string Key, VariableSource First, int Line);
