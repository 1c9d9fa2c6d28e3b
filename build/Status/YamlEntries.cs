using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace KubeLab.Status;

/// <summary>YAML as its values by their paths: <c>apiServer.extraArgs.v</c>, <c>clusterDNS[0]</c>. Order and comments count for
/// nothing.</summary>
public static class YamlEntries
{
    private const int Deepest = 50;

    /// <summary>The entries of the first document; null where the text is none, or no mapping.</summary>
    public static IReadOnlyDictionary<string, string>? Of(string text) => All(text) is [var first, ..] ? first : null;

    /// <summary>The entries of the document of a kind; null where there is none.</summary>
    public static IReadOnlyDictionary<string, string>? OfKind(string text, string kind) =>
        All(text)?.FirstOrDefault(document => document.GetValueOrDefault("kind") == kind);

    /// <summary>The entries of all documents; null where one of them is no mapping.</summary>
    public static IReadOnlyList<IReadOnlyDictionary<string, string>>? All(string text)
    {
        try
        {
            var documents = YamlText.Load(new StringReader(text)).Documents.Select(document => document.RootNode).ToList();
            if (documents.Exists(root => root is not YamlMappingNode))
                return null;
            return [.. documents.Select(root =>
            {
                var found = new Dictionary<string, string>();
                Add(found, root, "", 0);
                return found;
            })];
        }
        catch (Exception exception) when (exception is YamlException or UserError)
        {
            return null;
        }
    }

    private static void Add(Dictionary<string, string> found, YamlNode node, string path, int depth)
    {
        switch (node)
        {
            case YamlMappingNode mapping when depth < Deepest:
                if (mapping.Children.Count == 0 && path.Length > 0)
                    found[path] = "{}";
                foreach (var (key, value) in mapping.Children)
                    Add(found, value, path.Length == 0 ? $"{key}" : $"{path}.{key}", depth + 1);
                break;
            case YamlSequenceNode sequence when depth < Deepest:
                foreach (var (index, value) in sequence.Children.Index())
                    Add(found, value, path.EndsWith(".extraArgs", StringComparison.Ordinal) ? $"{path}.[{index}]"
                        : $"{path}[{index}]", depth + 1);
                break;
            default:
                found[path] = node is YamlScalarNode scalar ? scalar.Value ?? "" : $"{node}";
                break;
        }
    }
}
