namespace KubeLab.Distributions;

/// <summary>A requirements file with the files that it includes: as pip reads it (pip's documentation, "Requirements File
/// Format").</summary>
/// <param name="Items">Its requirements; constraints are none.</param>
/// <param name="Text">The text of all its files, by which one state of them is told from another.</param>
public sealed partial record PythonRequirements(IReadOnlyList<PythonRequirement> Items, string Text)
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The file, absolute; what it includes may lie elsewhere.</param>
    /// <exception cref="UserError">A file is missing, or includes itself.</exception>
    public static PythonRequirements Read(string path)
    {
        var items = new List<PythonRequirement>();
        var text = new StringBuilder();
        Read(path, Path.GetDirectoryName(path)!, isConstraint: false, [], items, text);
        return new PythonRequirements(items, text.ToString());
    }

    private static void Read(
        string path, string root, bool isConstraint, IReadOnlyList<(string Path, string Source)> above,
        List<PythonRequirement> items, StringBuilder text)
    {
        foreach (var (line, number) in LogicalLines(path))
        {
            text.Append(line).Append('\n');
            var source = new VariableSource(ShownPath.Of(root, path), number);
            if (Include().Match(line) is { Success: true } include)
            {
                var other = Path.GetFullPath(include.Groups["file"].Value.Replace('\0', '\uFFFD'), Path.GetDirectoryName(path)!);
                IReadOnlyList<(string Path, string Source)> chain = [.. above, (path, $"{source}")];
                Check(other, include.Groups["file"].Value, chain);
                var isOfConstraints = isConstraint || include.Groups["kind"].Value is "-c" or "--constraint";
                if (!include.Groups["file"].Value.Contains("://"))
                    Read(other, root, isOfConstraints, chain, items, text);
            }
            else if (!isConstraint && Requirement(line, source) is { } item)
            {
                items.Add(item);
            }
        }
    }

    private static void Check(string file, string written, IReadOnlyList<(string Path, string Source)> chain)
    {
        if (chain.Any(each => each.Path == file))
            throw new UserError(
                $"{chain[^1].Source} includes {written}, which includes it: {string.Join(", ", chain.Select(each => each.Source))}",
                "No program can read files that include each other; take one of these lines out.");
        if (!written.Contains("://") && !File.Exists(file))
            throw new UserError(
                $"{chain[^1].Source} includes {written}, and there is no {file}",
                "Check that the distribution's tree is whole: its git status should be clean.");
    }

    private static PythonRequirement? Requirement(string line, VariableSource source)
    {
        if (Editable().Match(line) is { Success: true } editable)
            return new PythonRequirement(null, editable.Groups["location"].Value, source) { NotLockable = "it is editable" };
        if (line.StartsWith('-'))
            return null;
        if (Named().Match(line) is not { Success: true } named)
            return new PythonRequirement(null, line, source) { NotLockable = NoFile(line) };
        var wanted = named.Groups["wanted"].Value.Trim();
        return new PythonRequirement(Normalized(named.Groups["name"].Value), wanted, source)
        {
            NotLockable = wanted.StartsWith('@') ? NoFile(wanted[1..].Trim()) : null,
        };
    }

    /// <summary>A package's name as all programs write it that compare names (PEP 503).</summary>
    public static string Normalized(string name) => Separators().Replace(name, "-").ToLowerInvariant();

    private static string? NoFile(string location) =>
        VersionControl().IsMatch(location) ? "its source is a repository"
        : location.Contains("://") || Path.HasExtension(location) ? null : "it is a folder";

    // A line that ends in a backslash goes on in the next; what stands behind a blank and # is a comment.
    private static IEnumerable<(string Line, int Number)> LogicalLines(string path)
    {
        var collected = "";
        var first = 0;
        foreach (var (index, written) in File.ReadLines(path).Index())
        {
            first = collected.Length == 0 ? index + 1 : first;
            var line = Comment().Replace(written, "");
            if (line.EndsWith('\\'))
            {
                collected += line[..^1] + " ";
                continue;
            }

            if ((collected + line).Trim() is { Length: > 0 } whole)
                yield return (whole, first);
            collected = "";
        }

        if (collected.Trim() is { Length: > 0 } rest)
            yield return (rest, first);
    }

    [GeneratedRegex(@"^(?<kind>-r|-c|--requirement|--constraint)(\s+|=|(?<=-[rc]))(?<file>\S+)",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Include();

    [GeneratedRegex(@"^(-e|--editable)(\s+|=)(?<location>.+)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Editable();

    [GeneratedRegex(@"^(?<name>[A-Za-z0-9][A-Za-z0-9._-]*)\s*(\[[^\]]*\])?\s*(?<wanted>(@|[=<>!~])[^;]*?)?\s*(?=;|\s-|$)",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Named();

    [GeneratedRegex(@"^(git|hg|svn|bzr)\+", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex VersionControl();

    [GeneratedRegex(@"(^|\s+)#.*$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Comment();

    [GeneratedRegex("[-_.]+", RegexOptions.None, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Separators();
}

/// <summary>A line of a requirements file.</summary>
/// <param name="Name">The package's name, as pip compares names (PEP 503); null for a location without a name.</param>
/// <param name="Wanted">What is asked for: <c>==1.3.0</c>, a location; empty for any version.</param>
/// <param name="Source">The file, relative to the distribution, and line.</param>
public sealed record PythonRequirement(string? Name, string Wanted, VariableSource Source)
{
    /// <summary>Why no hash can hold it to one file; null where one can.</summary>
    public string? NotLockable { get; init; }
}
