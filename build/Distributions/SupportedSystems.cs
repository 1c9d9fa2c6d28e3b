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

    // What the release's README lists, by the names in bold; those of codenames and of numbers alike.
    private IReadOnlyList<(string Name, string Versions, VariableSource Source)> Readme { get; init; } = [];

    /// <summary>What the release's README says of an operating system: whether it lists that version, what it lists, and where;
    /// null where it has no line on such a system.</summary>
    /// <param name="system">The system as its os-release(5) names it for people: <c>Debian GNU/Linux 12 (bookworm)</c>.</param>
    public (bool IsListed, string Listed, VariableSource Source)? Says(string system)
    {
        var name = system.Replace(" ", "").Replace("RedHatEnterprise", "RHEL");
        var line = Readme.FirstOrDefault(
            line => line.Name.Split('/').Any(each => name.StartsWith(each, StringComparison.OrdinalIgnoreCase)));
        if (line.Source is null)
            return null;
        // Without a version it means every one; of 22.04.3 LTS, 22.04 is looked for, of 9.3, 9, and of 15.5, 15.x.
        var versions = Words().Matches(system).Select(word => word.Value)
            .Select(word => (Whole: word, Parts: word.Split('.')))
            .SelectMany(word => new[] { word.Whole, string.Join('.', word.Parts.Take(2)), word.Parts[0], $"{word.Parts[0]}.x" });
        var listed = Words().Matches(line.Versions).Select(word => word.Value);
        var isListed = line.Versions.Length == 0 || listed.Intersect(versions, StringComparer.OrdinalIgnoreCase).Any();
        return (isListed, line.Versions, line.Source);
    }

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
        return listed with { NewestKnown = NewestKnownIn(directory), Readme = InReadme(directory) };
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

    private static List<(string Name, string Versions, VariableSource Source)> InReadme(string directory)
    {
        var path = Path.Combine(directory, "README.md");
        if (!File.Exists(path))
            return [];
        return [.. File.ReadLines(path).Select((line, index) => (Match: OfReadme().Match(line), Number: index + 1))
            .SkipWhile(line => !line.Match.Groups["heading"].Value.StartsWith("Supported Linux", StringComparison.Ordinal))
            .Skip(1).TakeWhile(line => !line.Match.Groups["heading"].Success).Where(line => line.Match.Groups["name"].Success)
            .Select(line => (
                line.Match.Groups["name"].Value.Replace(" ", "").Replace("Stream", ""),
                Aside().Replace(line.Match.Groups["versions"].Value, "").Replace("[", "").Replace("]", "").Trim(),
                new VariableSource("README.md", line.Number)))];
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

    [GeneratedRegex(@"^(?<name>[a-z]+)-(?<major>[0-9]{1,4})\.yml$",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex OfSystem();

    [GeneratedRegex(@"^(## (?<heading>.*)|- \*\*(?<name>[^*]+)\*\*(?<versions>.*))$",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex OfReadme();

    // A link's address, or a remark.
    [GeneratedRegex(@"\([^()]*(\([^()]*\))?[^()]*\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Aside();

    [GeneratedRegex(@"[A-Za-z]+|[0-9]+(\.[0-9x]+)*", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Words();

    [GeneratedRegex(@"that:.*\bansible_distribution in \[(?<list>[^\]]*)\]",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Assert();

    [GeneratedRegex(@"'(?<name>[^']+)'", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Name();
}
