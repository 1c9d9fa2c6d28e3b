using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace KubeLab.Distributions;

/// <summary>The collections that a distribution's playbooks use, which the package <c>ansible</c> brings along and ansible-core doesn't.</summary>
public static class GalaxyDependencies
{
    /// <summary>The file, at the root from v2.22.0 on; its <c>dependencies</c> begin with v2.24.0.</summary>
    public const string FileName = "galaxy.yml";

    /// <summary>Reads the dependencies of <c>galaxy.yml</c>: a range of versions by the collection's name.</summary>
    /// <returns>None where the file is not there or names none.</returns>
    /// <exception cref="UserError">The file is no YAML.</exception>
    public static IReadOnlyDictionary<string, string> Read(string directory)
    {
        var path = Path.Combine(directory, FileName);
        if (!File.Exists(path))
            return new Dictionary<string, string>();
        try
        {
            using var reader = File.OpenText(path);
            var stream = YamlText.Load(reader);
            var dependencies = stream.Documents.Select(document => document.RootNode).OfType<YamlMappingNode>()
                .SelectMany(root => root.Children).Where(pair => pair.Key is YamlScalarNode { Value: "dependencies" })
                .Select(pair => pair.Value).OfType<YamlMappingNode>().SelectMany(mapping => mapping.Children);
            return dependencies.ToDictionary(pair => $"{pair.Key}", pair => $"{pair.Value}");
        }
        catch (YamlException exception)
        {
            throw new UserError($"{FileName}:{exception.Start.Line}: {exception.Message}", "Check that the distribution's tree is whole: its git status should be clean.", exception);
        }
    }
}
