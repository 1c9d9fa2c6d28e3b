using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;
using Version = System.Version;

namespace KubeLab.Distributions;

/// <summary>The requirements files at the root of a distribution.</summary>
public sealed class Requirements(string directory)
{
    /// <summary>The Python requirements: <c>requirements-{version}.txt</c> if asked for and there, or
    /// <c>requirements.txt</c>.</summary>
    /// <param name="ansibleVersion">The Ansible that was asked for, such as 2.12; null for the distribution's choice.</param>
    /// <returns>The file, absolute, or null where there is none.</returns>
    public string? PythonFile(string? ansibleVersion) =>
        Existing(ansibleVersion is null ? null : $"requirements-{ansibleVersion}.txt") ?? Existing("requirements.txt");

    /// <summary>The Galaxy requirements, <c>requirements-{version}.yml</c>. Its absence is normal: Kubespray shipped
    /// <c>requirements-2.9.yml</c> from v2.18.0 to v2.19.1, and none since.</summary>
    /// <returns>The file, absolute, or null where there is none.</returns>
    public string? GalaxyFile(string? ansibleVersion) =>
        Existing(ansibleVersion is null ? null : $"requirements-{ansibleVersion}.yml");

    /// <summary>The Debian packages with a fitting Ansible, one a line (<c>requirements.apt</c>).</summary>
    public IReadOnlyList<string> DebianPackages => Existing("requirements.apt") is { } file
        ? [.. File.ReadLines(file).Select(line => line.Split('#')[0].Trim()).Where(line => line.Length > 0)]
        : [];

    /// <summary>The versions for which the distribution has a requirements file of their own, sorted.</summary>
    public IReadOnlyList<string> AnsibleVersions => [
        .. Directory.EnumerateFiles(directory, "requirements-*.*")
            .Select(Path.GetFileNameWithoutExtension).Select(name => name!["requirements-".Length..])
            .Where(version => Version.TryParse(version, out _)).Distinct().OrderBy(Version.Parse),
    ];

    private string? Existing(string? name) =>
        name is not null && File.Exists(Path.Combine(directory, name)) ? Path.Combine(directory, name) : null;
}

/// <summary>A role or collection that is asked for.</summary>
/// <param name="Name">Its name, or where it is: an address, a repository, a file.</param>
/// <param name="Version">The versions that are accepted: <c>&gt;=2.5.0</c>; <c>*</c> for any.</param>
public sealed record GalaxyRequirement(string Kind, string Name, string Version, string Source)
{
    /// <summary>Whether it comes from a repository, of which no hash can hold an archive.</summary>
    public bool IsRepository { get; init; }

    /// <summary>Whether the name is that of a collection, as Galaxy knows it.</summary>
    public bool IsNamed => Kind == "collection" && Name.Count(letter => letter == '.') == 1 && !Name.Contains('/');
}

/// <summary>The collections that a distribution's playbooks use: the package <c>ansible</c> has them, ansible-core not.</summary>
public static class GalaxyDependencies
{
    private static readonly string[] Kinds = ["role", "collection"];

    /// <summary>The file, at the root from v2.22.0 on; its <c>dependencies</c> begin with v2.24.0.</summary>
    public static string FileName => "galaxy.yml";

    /// <summary>Reads the dependencies of <c>galaxy.yml</c>: a range of versions by the collection's name.</summary>
    /// <returns>None where the file is not there or names none.</returns>
    /// <exception cref="UserError">The file is no YAML.</exception>
    public static IReadOnlyDictionary<string, string> Read(string directory)
    {
        var path = Path.Combine(directory, FileName);
        return !File.Exists(path) ? new Dictionary<string, string>() : Roots(path)
            .SelectMany(root => Mapping(root, "dependencies")).ToDictionary(pair => $"{pair.Key}", pair => $"{pair.Value}");
    }

    /// <summary>Reads what a requirements file asks for: roles and collections, or, as in old files, roles alone.</summary>
    /// <exception cref="UserError">The file is no YAML.</exception>
    public static IReadOnlyList<GalaxyRequirement> ReadFile(string path) =>
    [
        .. Roots(path).SelectMany(root => root is YamlSequenceNode old
            ? old.Children.Select(item => Requirement("role", item, path))
            : Kinds.SelectMany(kind => Child(root, $"{kind}s") is YamlSequenceNode items
                ? items.Children.Select(item => Requirement(kind, item, path)) : [])),
    ];

    private static GalaxyRequirement Requirement(string kind, YamlNode item, string path)
    {
        var name = item is YamlMappingNode ? Child(item, "name") ?? Child(item, "src") ?? Child(item, "source") : item;
        var source = $"{Path.GetFileName(path)}:{item.Start.Line}";
        return new GalaxyRequirement(kind, $"{name}", Child(item, "version") is { } version ? $"{version}" : "*", source)
        {
            IsRepository = $"{Child(item, "type")}" == "git" || $"{name}".StartsWith("git", StringComparison.Ordinal),
        };
    }

    private static YamlNode? Child(YamlNode node, string key) => node is YamlMappingNode mapping
        ? mapping.Children.FirstOrDefault(pair => pair.Key is YamlScalarNode scalar && scalar.Value == key).Value : null;

    private static IEnumerable<KeyValuePair<YamlNode, YamlNode>> Mapping(YamlNode root, string key) =>
        Child(root, key) is YamlMappingNode mapping ? mapping.Children : [];

    private static IReadOnlyList<YamlNode> Roots(string path)
    {
        try
        {
            using var reader = File.OpenText(path);
            return [.. YamlText.Load(reader).Documents.Select(document => document.RootNode)];
        }
        catch (YamlException exception)
        {
            throw new UserError(
                $"{Path.GetFileName(path)}:{exception.Start.Line}: {exception.Message}",
                "Check that the distribution's tree is whole: its git status should be clean.", exception);
        }
    }
}
