namespace KubeLab.Distributions;

/// <summary>The names of objects of the API that a distribution's templates and files make, as far as they are written
/// out.</summary>
public static partial class ObjectNames
{
    private static readonly string[] Folders = ["/templates/", "/files/"];

    /// <summary>Reads them from a tree.</summary>
    public static IReadOnlySet<string> Read(string directory)
    {
        var roles = Path.Combine(directory, "roles");
        var files = Directory.Exists(roles) ? Directory.EnumerateFiles(roles, "*", SearchOption.AllDirectories) : [];
        return files.Where(file => Folders.Any(file.Contains))
            .SelectMany(file => Name().Matches(File.ReadAllText(file)).Select(name => name.Groups["name"].Value))
            .ToHashSet(StringComparer.Ordinal);
    }

    [GeneratedRegex("""^\s*name: ["']?(?<name>[a-z0-9][a-z0-9.-]*)["']?\s*$""",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Name();
}
