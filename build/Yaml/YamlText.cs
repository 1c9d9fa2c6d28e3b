using System.Buffers;
using System.Text.Unicode;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace KubeLab.Yaml;

/// <summary>Reads YAML. YamlDotNet refuses some texts with exceptions of other types, a tag that is no URI for one: here all of
/// them are the one that says where.</summary>
public static class YamlText
{
    /// <summary>Reads all documents of a text.</summary>
    /// <exception cref="YamlException">It is no YAML.</exception>
    public static YamlStream Load(TextReader text)
    {
        var parser = new Parser(text);
        try
        {
            var stream = new YamlStream();
            stream.Load(new Shallow(parser));
            return stream;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            var end = parser.Current?.End ?? YamlDotNet.Core.Mark.Empty;
            throw new YamlException(end, end, exception.Message, exception);
        }
    }

    /// <summary>The line and column, from 1, of the first tab before the text of a line; null for none.</summary>
    public static (long Line, long Column)? IndentedByTab(string text)
    {
        var number = 0;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            number++;
            var indent = line[..^line.TrimStart(" \t").Length];
            if (indent.Length < line.Length && indent.IndexOf('\t') is >= 0 and var column)
                return (number, column + 1);
        }

        return null;
    }

    /// <summary>The line and column, from 1, of a quote that no other closes, or only one that was meant to open the next text;
    /// null where there is none.</summary>
    public static (long Line, long Column)? OpenQuote(string text)
    {
        var parser = new Parser(new StringReader(text));
        try
        {
            while (parser.MoveNext())
            {
            }

            return null;
        }
        catch (YamlException exception) when (exception.Message.Contains("quoted scalar", StringComparison.OrdinalIgnoreCase))
        {
            return (exception.Start.Line, exception.Start.Column);
        }
        catch (Exception exception) when (exception is YamlException or ArgumentException or InvalidOperationException)
        {
            return parser.Current is Scalar { Style: ScalarStyle.SingleQuoted or ScalarStyle.DoubleQuoted } scalar
                && scalar.Start.Line < scalar.End.Line ? (scalar.Start.Line, scalar.Start.Column) : null;
        }
    }

    /// <summary>The line and column, from 1, of the first byte that is no UTF-8; null where all are.</summary>
    public static (long Line, long Column)? NoUtf8(ReadOnlySpan<byte> text)
    {
        var number = 0;
        foreach (var range in text.Split((byte)'\n'))
        {
            number++;
            var line = text[range];
            if (Utf8.IsValid(line))
                continue;
            var characters = 1;
            while (Rune.DecodeFromUtf8(line, out _, out var length) == OperationStatus.Done)
            {
                line = line[length..];
                characters++;
            }

            return (number, characters);
        }

        return null;
    }

    // A document is built by calls within calls, whose depth would end the program, and a value that holds itself has no end; of
    // an alias that stands for nothing nobody says where it is.
    private sealed class Shallow(IParser parser) : IParser
    {
        private const int MostDepth = 200;
        private readonly HashSet<string> anchors = [];
        private readonly Stack<string> open = [];

        public ParsingEvent? Current => parser.Current;

        public bool MoveNext()
        {
            var hasMore = parser.MoveNext();
            var node = parser.Current as NodeEvent;
            if (parser.Current?.NestingIncrease > 0)
                open.Push(node?.Anchor is { IsEmpty: false } anchor ? anchor.Value : "");
            else if (parser.Current?.NestingIncrease < 0)
                open.Pop();
            if (node is { Anchor.IsEmpty: false })
                anchors.Add(node.Anchor.Value);
            else if (parser.Current is AnchorAlias alias && !anchors.Contains(alias.Value.Value))
                throw new YamlException(alias.Start, alias.End, $"the alias *{alias.Value} stands for nothing");
            else if (parser.Current is AnchorAlias part && open.Contains(part.Value.Value))
                throw new YamlException(part.Start, part.End, $"the alias *{part.Value} stands for a value that it is part of");
            return open.Count <= MostDepth ? hasMore : throw new YamlException(
                parser.Current!.Start, parser.Current.End, $"more than {MostDepth} values within each other");
        }
    }
}
