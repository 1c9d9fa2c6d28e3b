namespace KubeLab.Distributions;

/// <summary>
/// The variables that a distribution reads: every name that its playbooks, its roles' tasks and defaults, and the expressions of
/// their templates have. More names than variables, so that what is missing among them is read by nobody.
/// </summary>
public sealed partial class KnownVariables
{
    private static readonly string[] Folders = ["roles", "playbooks"];
    private static readonly string[] Passed = ["molecule", "tests", "files"];

    private KnownVariables(IReadOnlySet<string> names, IReadOnlySet<string> settable) => (Names, Settable) = (names, settable);

    /// <summary>Every name; none where the tree has no roles.</summary>
    public IReadOnlySet<string> Names { get; }

    /// <summary>Those of them that role defaults or the sample inventory set, be it in a comment, or that are asked for as
    /// defined, so that a person may have meant one.</summary>
    public IReadOnlySet<string> Settable { get; }

    /// <summary>Reads a tree, or what was read of it before: one that was fetched is what its commit is.</summary>
    /// <param name="commit">The commit of the tree; null where it isn't known, or has changes.</param>
    public static KnownVariables Of(string directory, string? commit)
    {
        // A checkout of the user's may also have files that git does not know of.
        if (commit is null || FetchRecord.Read(directory)?.Commit != commit)
            return Read(directory);
        // Inside .git, as the record is.
        var file = Path.Combine(directory, ".git", "kubelab-variables.json");
        var program = typeof(KnownVariables).Module.ModuleVersionId;
        if (RecordJson.Recall<Scan>(file) is { Names: not null, Settable: not null } known
            && (known.Commit, known.Program) == (commit, program))
            return new KnownVariables(known.Names.ToHashSet(), known.Settable.ToHashSet());
        var read = Read(directory);
        try
        {
            Aside.Write(file, RecordJson.Write(new Scan(commit, program, [.. read.Names], [.. read.Settable])));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Then the next run reads the tree again.
        }

        return read;
    }

    // Another build of KubeLab may read a tree otherwise.
    private sealed record Scan(string Commit, Guid Program, IReadOnlyList<string> Names, IReadOnlyList<string> Settable);

    /// <summary>Reads a tree.</summary>
    public static KnownVariables Read(string directory)
    {
        var names = new HashSet<string>();
        var settable = new HashSet<string>();
        foreach (var file in Files(directory))
        {
            var text = File.ReadAllText(file);
            if (file.EndsWith(".j2", StringComparison.Ordinal) || file.Contains("/templates/"))
                AddExpressions(names, text);
            else
                AddLines(names, text);
            if (file.Contains("/defaults/") || file.Contains("/vars/"))
                settable.UnionWith(SampleKeys().Matches(text).Select(key => key.Groups["name"].Value));
            settable.UnionWith(Asked().Matches(text).Select(key => key.Groups["name"].Value));
        }

        var sample = Path.Combine(directory, "inventory", "sample");
        foreach (var file in Enumerate(sample).Where(IsYaml))
            settable.UnionWith(SampleKeys().Matches(File.ReadAllText(file)).Select(key => key.Groups["name"].Value));
        settable.IntersectWith(names);
        return new KnownVariables(names, settable);
    }

    /// <summary>The names in the expressions of a text.</summary>
    public static IEnumerable<string> InExpressions(string text) => Template.IsIn(text)
        ? Expressions().Matches(text).SelectMany(expression => Words().Matches(expression.Value)).Select(word => word.Value)
        : [];

    private static void AddExpressions(HashSet<string> names, string text) => names.UnionWith(InExpressions(text));

    // Conditions and lookups are expressions without braces, so every word counts: but those of comments and of tasks' names.
    private static void AddLines(HashSet<string> names, string text)
    {
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            var rest = line;
            for (var at = line.IndexOf('#'); at >= 0;)
            {
                if (at == 0 || char.IsWhiteSpace(line[at - 1]))
                {
                    rest = line[..at];
                    break;
                }

                at = line[(at + 1)..].IndexOf('#') is >= 0 and var next ? at + 1 + next : -1;
            }

            if (rest.TrimStart(" -").StartsWith("name: ") && rest.IndexOf("{{") < 0)
                continue;
            foreach (var word in Words().EnumerateMatches(rest))
                names.Add(rest.Slice(word.Index, word.Length).ToString());
        }
    }

    private static IEnumerable<string> Files(string directory) => Directory.EnumerateFiles(directory, "*.y*ml")
        .Concat(Folders.SelectMany(folder => Enumerate(Path.Combine(directory, folder))))
        .Where(file => IsYaml(file) || file.EndsWith(".j2", StringComparison.Ordinal) || file.Contains("/templates/"))
        .Where(file => !Path.GetRelativePath(directory, file).Split('/').Any(Passed.Contains));

    private static IEnumerable<string> Enumerate(string folder) =>
        Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories) : [];

    private static bool IsYaml(string file) => Path.GetExtension(file) is ".yml" or ".yaml";

    [GeneratedRegex("[A-Za-z_][A-Za-z0-9_]*", RegexOptions.NonBacktracking)]
    private static partial Regex Words();

    [GeneratedRegex(@"\{\{.*?\}\}|\{%.*?%\}", RegexOptions.Singleline | RegexOptions.NonBacktracking)]
    private static partial Regex Expressions();

    [GeneratedRegex(@"\b(?<name>[a-z][a-z0-9_]*_[a-z0-9_]*) is (not )?defined",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Asked();

    [GeneratedRegex("^#? ?(?<name>[a-z_][a-z0-9_]*):",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex SampleKeys();
}

/// <summary>A variable that Kubespray no longer reads.</summary>
/// <param name="Release">The first release without it: <c>v2.31.0</c>.</param>
/// <param name="Replacement">The name that took its place; null where none did.</param>
public sealed record RemovedVariable(string Name, string Release, string? Replacement)
{
    private static readonly Lazy<IReadOnlyDictionary<string, RemovedVariable>> All = new(Load);

    /// <summary>What became of a variable; null where none of that name was removed.</summary>
    public static RemovedVariable? Find(string name) => All.Value.GetValueOrDefault(name);

    private static Dictionary<string, RemovedVariable> Load()
    {
        using var table = typeof(RemovedVariable).Assembly.GetManifestResourceStream("Distributions/removed-variables.yaml")!;
        using var reader = new StreamReader(table);
        var releases = (YamlDotNet.RepresentationModel.YamlMappingNode)YamlText.Load(reader).Documents[0].RootNode;
        return releases.Children
            .SelectMany(release => ((YamlDotNet.RepresentationModel.YamlMappingNode)release.Value).Children
                .Select(each => new RemovedVariable($"{each.Key}", $"{release.Key}", $"{each.Value}" is { Length: > 0 } name
                    ? name : null)))
            .ToDictionary(removed => removed.Name, StringComparer.Ordinal);
    }
}
