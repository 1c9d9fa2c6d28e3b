namespace KubeLab.Distributions;

/// <summary>The requirements files at the root of a distribution.</summary>
public sealed class Requirements(string directory)
{
    /// <summary>
    /// The Python requirements: <c>requirements-{version}.txt</c> where a version is asked for and the file is there, else
    /// <c>requirements.txt</c>.
    /// </summary>
    /// <param name="ansibleVersion">The Ansible version that was asked for, such as 2.12; null for the distribution's own choice.</param>
    /// <returns>The file, absolute, or null where there is none.</returns>
    public string? PythonFile(string? ansibleVersion) =>
        Existing(ansibleVersion is null ? null : $"requirements-{ansibleVersion}.txt") ?? Existing("requirements.txt");

    /// <summary>
    /// The Galaxy requirements, <c>requirements-{version}.yml</c>. Its absence is normal: Kubespray shipped
    /// <c>requirements-2.9.yml</c> from v2.18.0 to v2.19.1, and none since.
    /// </summary>
    /// <param name="ansibleVersion">The Ansible version that was asked for; null for none.</param>
    /// <returns>The file, absolute, or null where there is none.</returns>
    public string? GalaxyFile(string? ansibleVersion) =>
        Existing(ansibleVersion is null ? null : $"requirements-{ansibleVersion}.yml");

    /// <summary>
    /// The Debian packages that carry a fitting Ansible, one a line, for a distribution that is content with the system's
    /// (<c>requirements.apt</c>).
    /// </summary>
    public IReadOnlyList<string> DebianPackages => Existing("requirements.apt") is { } file
        ? [.. File.ReadLines(file).Select(line => line.Split('#')[0].Trim()).Where(line => line.Length > 0)]
        : [];

    /// <summary>The versions for which the distribution has a requirements file of their own, sorted.</summary>
    public IReadOnlyList<string> AnsibleVersions =>
    [
        .. Directory.EnumerateFiles(directory, "requirements-*.*")
            .Select(Path.GetFileNameWithoutExtension).Select(name => name!["requirements-".Length..])
            .Where(version => Version.TryParse(version, out _)).Distinct().OrderBy(Version.Parse),
    ];

    private string? Existing(string? name) =>
        name is not null && File.Exists(Path.Combine(directory, name)) ? Path.Combine(directory, name) : null;
}
