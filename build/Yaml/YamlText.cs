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

    // A document is built by calls within calls, whose depth would end the program.
    private sealed class Shallow(IParser parser) : IParser
    {
        private const int MostDepth = 200;
        private int depth;

        public ParsingEvent? Current => parser.Current;

        public bool MoveNext()
        {
            var hasMore = parser.MoveNext();
            depth += parser.Current?.NestingIncrease ?? 0;
            return depth <= MostDepth ? hasMore : throw new YamlException(
                parser.Current!.Start, parser.Current.End, $"more than {MostDepth} values within each other");
        }
    }
}
