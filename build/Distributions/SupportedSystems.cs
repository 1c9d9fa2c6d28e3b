namespace KubeLab.Distributions;

/// <summary>The operating systems that a distribution's playbooks accept, as <c>ansible_distribution</c> names them.</summary>
/// <param name="Names">The names; none where the tree has no list.</param>
/// <param name="Source">Where the list stands; null where nowhere.</param>
public sealed partial record SupportedSystems(IReadOnlyList<string> Names, VariableSource? Source)
{
    /// <summary>The variable that holds the list from v2.22.0 on.</summary>
    public static string Variable => "supported_os_distributions";

    private const string PackagesOfSystems = "roles/kubernetes/preinstall/vars";
    private const string VerifySettings = "roles/kubernetes/preinstall/tasks/0020-verify-settings.yml";
    private const string LaterVerifySettings = "roles/kubernetes/preinstall/tasks/0040-verify-settings.yml";

    /// <summary>
    /// The newest of a system's major versions that the tree has packages for, with the file that says so, by its name in lower
    /// case; up to v2.26 preinstall reads <c>vars/debian-12.yml</c>, and <c>vars/debian.yml</c> for one that it doesn't know.
    /// </summary>
    public IReadOnlyDictionary<string, (int Major, VariableSource Source)> NewestKnown { get; private init; } =
        new Dictionary<string, (int, VariableSource)>();

    /// <summary>Reads the list: a variable of preinstall's defaults, or, up to v2.21.0, part of the assert itself.</summary>
    public static SupportedSystems Read(string directory)
    {
        var defaults = VariablesFile.Read(
            Path.Combine(directory, Distribution.PreinstallDefaults), Distribution.PreinstallDefaults);
        var listed = defaults.TryGetValue(Variable, out var list)
            ? new SupportedSystems(list.Items, list.Source)
            : new[] { LaterVerifySettings, VerifySettings }.Select(file => InAssert(directory, file)).FirstOrDefault(
                found => found is not null)
                ?? new SupportedSystems([], null);
        return listed with { NewestKnown = NewestKnownIn(directory) };
    }

    private static Dictionary<string, (int Major, VariableSource Source)> NewestKnownIn(string directory)
    {
        var folder = Path.Combine(directory, PackagesOfSystems);
        if (!Directory.Exists(folder))
            return [];
        return Directory.EnumerateFiles(folder)
            .Select(file => OfSystem().Match(Path.GetFileName(file))).Where(file => file.Success)
            .GroupBy(
                file => file.Groups["name"].Value,
                file => int.Parse(file.Groups["major"].Value, CultureInfo.InvariantCulture))
            .ToDictionary(
                system => system.Key,
                system => (system.Max(), new VariableSource($"{PackagesOfSystems}/{system.Key}-{system.Max()}.yml", null)));
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

    [GeneratedRegex(@"^(?<name>[a-z]+)-(?<major>[0-9]{1,4})\.yml$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OfSystem();

    [GeneratedRegex(@"that:.*\bansible_distribution in \[(?<list>[^\]]*)\]",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Assert();

    [GeneratedRegex(@"'(?<name>[^']+)'", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();
}
