using YamlDotNet.Core;
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
            stream.Load(parser);
            return stream;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            var end = parser.Current?.End ?? YamlDotNet.Core.Mark.Empty;
            throw new YamlException(end, end, exception.Message, exception);
        }
    }
}
