namespace KubeLab.Distributions;

/// <summary>The operating systems that a distribution's playbooks accept, as <c>ansible_distribution</c> names them.</summary>
/// <param name="Names">The names; none where the tree has no list.</param>
/// <param name="Source">Where the list stands; null where nowhere.</param>
public sealed partial record SupportedSystems(IReadOnlyList<string> Names, VariableSource? Source)
{
    /// <summary>The variable that holds the list from v2.22.0 on.</summary>
    public static string Variable => "supported_os_distributions";

    private const string VerifySettings = "roles/kubernetes/preinstall/tasks/0020-verify-settings.yml";
    private const string LaterVerifySettings = "roles/kubernetes/preinstall/tasks/0040-verify-settings.yml";

    /// <summary>Reads the list: a variable of preinstall's defaults, or, up to v2.21.0, part of the assert itself.</summary>
    public static SupportedSystems Read(string directory)
    {
        var defaults = VariablesFile.Read(
            Path.Combine(directory, Distribution.PreinstallDefaults), Distribution.PreinstallDefaults);
        return defaults.TryGetValue(Variable, out var list)
            ? new SupportedSystems(list.Items, list.Source)
            : new[] { LaterVerifySettings, VerifySettings }.Select(file => InAssert(directory, file)).FirstOrDefault(
                found => found is not null)
                ?? new SupportedSystems([], null);
    }

    private static SupportedSystems? InAssert(string directory, string file)
    {
        var path = Path.Combine(directory, file);
        if (!File.Exists(path))
            return null;
        foreach (var (number, line) in File.ReadLines(path).Index())
        {
            if (Assert().Match(line) is { Success: true } match)
                return new SupportedSystems(
                    [.. Name().Matches(match.Groups["list"].Value).Select(name => name.Groups["name"].Value)],
                    new VariableSource(file, number + 1));
        }

        return null;
    }

    [GeneratedRegex(@"that:.*\bansible_distribution in \[(?<list>[^\]]*)\]",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Assert();

    [GeneratedRegex(@"'(?<name>[^']+)'", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();
}
