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

/// <summary>The collections that a distribution's playbooks use: the package <c>ansible</c> has them, ansible-core not.</summary>
public static class GalaxyDependencies
{
    /// <summary>The file, at the root from v2.22.0 on; its <c>dependencies</c> begin with v2.24.0.</summary>
    public static string FileName => "galaxy.yml";

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
            throw new UserError(
                $"{FileName}:{exception.Start.Line}: {exception.Message}",
                "Check that the distribution's tree is whole: its git status should be clean.", exception);
        }
    }
}
