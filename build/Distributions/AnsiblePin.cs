using Version = System.Version;

namespace KubeLab.Distributions;

/// <summary>The Ansible that a requirements file pins.</summary>
/// <param name="Package">The package: <c>ansible</c>, which brings collections along, or <c>ansible-core</c>, which brings none.</param>
public sealed partial record AnsiblePin(string Package, Version Version)
{
    // Ansible 3 brought ansible-base 2.10, and each major version since the next minor version of its core.
    private const int MajorToCore = 7;

    /// <summary>Major and minor version of the core that the package brings: 2.14 for ansible 7.6.0, 2.9 for ansible 2.9.27.</summary>
    public Version Core =>
        Package == "ansible" && Version.Major >= 3
            ? new Version(2, Version.Major + MajorToCore)
            : new Version(Version.Major, Version.Minor);

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

    [GeneratedRegex(@"^\s*(?<package>ansible|ansible-core|ansible-base)\s*==\s*(?<version>\d{1,4}(\.\d{1,4}){1,2})\s*(;|#|$)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Pin();
}
