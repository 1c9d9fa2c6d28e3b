using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;
using Version = System.Version;

namespace KubeLab.Distributions;

/// <summary>The Ansible versions that a distribution's playbooks accept; they stop at once under any other.</summary>
public sealed record AnsibleWindow(Version Minimum, Version Maximum, VariableSource Source)
{
    // Kubespray: at the root up to v2.21.0, under playbooks/ from v2.22.0.
    private static readonly string[] Files = ["playbooks/ansible_version.yml", "ansible_version.yml"];

    private static readonly Version First210 = new(2, 10);

    /// <summary>The lowest from 2.10 on, where it is another than <see cref="Minimum"/>: up to v2.19.1, of 2.9 any will do, and
    /// of 2.10 only 2.10.11 and later.</summary>
    public Version? LowestOf210 { get; private init; }

    /// <summary>Whether an Ansible version lies in the window.</summary>
    public bool Contains(Version version) => version >= Minimum && version < Maximum
        && (LowestOf210 is null || version < First210 || version >= LowestOf210);

    /// <summary>The window as people write it: <c>2.14.0 up to, but not including, 2.15.0</c>.</summary>
    public override string ToString() => $"{Minimum} up to, but not including, {Maximum}"
        + (LowestOf210 is null ? "" : $" (of 2.10 from {LowestOf210} on)");

    /// <summary>Reads the window from a distribution's tree.</summary>
    /// <returns>The window, or null where the tree has no such file.</returns>
    /// <exception cref="UserError">The file is there but holds no window.</exception>
    public static AnsibleWindow? Find(string distributionDirectory)
    {
        var file = Files.FirstOrDefault(file => File.Exists(Path.Combine(distributionDirectory, file)));
        return file is null ? null : Read(Path.Combine(distributionDirectory, file), file);
    }

    private static AnsibleWindow Read(string path, string shownPath)
    {
        try
        {
            using var reader = File.OpenText(path);
            var stream = YamlText.Load(reader);
            var scalars = stream.Documents.SelectMany(document => document.AllNodes).OfType<YamlMappingNode>()
                .SelectMany(mapping => mapping.Children).ToLookup(
                    pair => (pair.Key as YamlScalarNode)?.Value, pair => pair.Value);
            var minimum = scalars["minimal_ansible_version"].OfType<YamlScalarNode>().First();
            var maximum = scalars["maximal_ansible_version"].OfType<YamlScalarNode>().First();
            return new AnsibleWindow(
                Version.Parse(minimum.Value!), Version.Parse(maximum.Value!),
                new VariableSource(shownPath, (int)minimum.Start.Line))
            {
                LowestOf210 = scalars["minimal_ansible_version_2_10"].OfType<YamlScalarNode>().FirstOrDefault() is { } special
                    ? Version.Parse(special.Value!) : null,
            };
        }
        catch (Exception exception) when (
            exception is YamlException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new UserError(
                $"{shownPath}: no minimal_ansible_version and maximal_ansible_version can be read: {exception.Message}",
                "Check that the distribution's tree is whole: its git status should be clean.",
                exception);
        }
    }
}

/// <summary>The Ansible that a requirements file pins.</summary>
/// <param name="Package"><c>ansible</c>, which brings collections, or <c>ansible-core</c>, which brings none.</param>
public sealed partial record AnsiblePin(string Package, Version Version)
{
    // Ansible 3 brought ansible-base 2.10, and each major version since the next minor version of its core.
    private const int MajorToCore = 7;

    /// <summary>Major and minor version of the package's core: 2.14 for ansible 7.6.0, 2.9 for ansible 2.9.27.</summary>
    public Version Core =>
        Package == "ansible" && Version.Major >= 3 ? new(2, Version.Major + MajorToCore) : new(Version.Major, Version.Minor);

    /// <summary>Reads the pin of a requirements file.</summary>
    /// <returns>The pin, or null where the file pins no Ansible exactly.</returns>
    public static AnsiblePin? Read(string path)
    {
        foreach (var line in File.ReadLines(path))
        {
            if (Pin().Match(line) is { Success: true } match && Version.TryParse(match.Groups["version"].Value, out var version))
                return new AnsiblePin(match.Groups["package"].Value, version);
        }

        return null;
    }

    [GeneratedRegex(@"^\s*(?<package>ansible|ansible-core|ansible-base)\s*==\s*(?<version>\d{1,4}(\.\d{1,4}){1,2})\s*(;|#|$)",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Pin();
}
