namespace KubeLab.Smoke;

/// <summary>The manifests of the test's objects, which lie in the assembly as files with placeholders.</summary>
public static partial class SmokeManifests
{
    private const string Folder = "Smoke/manifests/";

    /// <summary>The names of all manifests, without their ending.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. Resource.Names(Folder).Select(name => Path.GetFileNameWithoutExtension(name)),
    ];

    /// <summary>One document of several manifests, their placeholders <c>${name}</c> replaced.</summary>
    /// <exception cref="InvalidOperationException">A manifest or a placeholder's value is missing.</exception>
    public static string Render(IEnumerable<string> names, IReadOnlyDictionary<string, string> values) =>
        string.Join("\n---\n", names.Select(name => Fill(Resource.Text($"{Folder}{name}.yaml"), name, values)));

    private static string Fill(string text, string name, IReadOnlyDictionary<string, string> values) =>
        Placeholder().Replace(text, match => values.TryGetValue(match.Groups["name"].Value, out var value)
            ? value
            : throw new InvalidOperationException($"{name}.yaml: there is no value for {match.Value}."));

    // A shell's own ${NAME:-...} never looks like this: placeholders are lower case and nothing but a name.
    [GeneratedRegex(@"\$\{(?<name>[a-z]+)\}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Placeholder();
}
