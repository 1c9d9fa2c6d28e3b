using KubeLab.Variables;
using KubeLab.Yaml;

namespace KubeLab.Ansible;

/// <summary>
/// Why <c>ansible-inventory</c> gave no inventory, in a line with the place: what Ansible says ends in an example of its own, and
/// of some mistakes it doesn't say where they are.
/// </summary>
/// <param name="files">The files of variables beside the inventory.</param>
/// <param name="root">The folder that paths are shown relative to.</param>
public sealed partial class InventoryFailure(Cluster cluster, VariableFiles files, string root)
{
    private const string VaultRemedy =
        "Give the password with --vault-password-file, or as ansible.vault_password_file in kubelab.yml.";

    /// <summary>The error; null where nothing more is known than what Ansible says.</summary>
    public UserError? Explain(string said)
    {
        // Ansible breaks its warnings after 79 columns, also behind a dash in a path.
        var words = Blanks().Replace(said.Replace("-\n", "-"), " ");
        // What Ansible's other plugins say of a script's own text is beside the point.
        if (Script().Match(words) is { Success: true } script)
            return new UserError(
                $"{Shown(script.Groups["file"].Value)}: this script gives no inventory: {Clean(script.Groups["what"].Value)}",
                "Run it by hand with --list: it has to print an inventory as JSON, and to end with 0.");
        if (words.Contains("with ini plugin:") && cluster.Inventories.FirstOrDefault(BeginsWithMark) is { } marked)
            return new UserError(
                $"{Shown(marked)}:1:1: it begins with a mark of the byte order, which Ansible takes for a part of the first name",
                "Save it as UTF-8 without a byte order mark (BOM).");
        if (Place().Match(words) is { Success: true } place)
            return AtPlace(place, words);
        if (Loop().Match(words) is { Success: true } loop)
            return OfLoop(loop);
        if (words.Contains("vault", StringComparison.OrdinalIgnoreCase) || words.Contains("ecrypt"))
            return OfVault(words);
        return Line().Match(said.Replace('\n', ' ')) is { Success: true } line
            ? new UserError(
                $"{Shown(line.Groups["file"].Value)}:{line.Groups["line"].Value}: {Clean(line.Groups["what"].Value)}",
                    "Correct the inventory there.")
            : OfFile();
    }

    private UserError AtPlace(Match place, string words)
    {
        var what = What().Match(words) is { Success: true } match ? match.Groups["what"].Value.Trim() : "this can't be read";
        if (OpenQuote(place.Groups["file"].Value) is { } quote)
        {
            return new UserError(
                $"{Shown(place.Groups["file"].Value)}:{quote.Line}:{quote.Column}: this is no YAML: the quote that opens here isn't closed",
                "Close it there.");
        }

        var isTab = words.Contains("tab character");
        return new UserError(
            $"{Shown(place.Groups["file"].Value)}:{place.Groups["line"].Value}:{place.Groups["column"].Value}: "
                + $"this is no YAML: {what}{(isTab ? " (a tab)" : "")}",
            isTab ? "YAML is indented with blanks: put blanks where the tab is."
                : what.Contains("unhashable") ? "A value that begins with a template stands in quotes: \"{{ name }}\"."
                : "Correct the YAML there; often it is the indentation.");
    }

    // Ansible names where it no longer understood: behind the next quote, or at the end of the file.
    private static (long Line, long Column)? OpenQuote(string file)
    {
        try
        {
            return YamlText.OpenQuote(File.ReadAllText(file));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private UserError OfLoop(Match loop)
    {
        var (child, parent) = (loop.Groups["child"].Value, loop.Groups["parent"].Value);
        var line = InventoryLines.ReadAll(cluster.Inventories, root).Children
            .FirstOrDefault(each => parent.Length == 0 ? each.Name == each.Parent : each.Name == child && each.Parent == parent);
        return new UserError(
            $"{line?.Source.ToString() ?? Shown(cluster.InventoryFile)}: the group {(line?.Name ?? child)} would contain itself",
            $"Take {line?.Name ?? child} out of the children of {line?.Parent ?? parent}.");
    }

    private UserError OfVault(string words)
    {
        var encrypted = files.Readable.Where(file => file.IsEncrypted)
            .Select(file => (file.Path, file.Shown))
            .Concat(cluster.Inventories.Where(IsEncrypted).Select(file => (Path: file, Shown: Shown(file)))).ToList();
        var named = encrypted.Where(file => words.Contains(file.Path, StringComparison.Ordinal)).ToList();
        var places = (named.Count > 0 ? named : encrypted).Select(file => $"{file.Shown}:1").Distinct().ToList();
        return new UserError(
            $"{(places.Count > 0 ? string.Join(", ", places) : Shown(cluster.InventoryFile))}: Ansible can't decrypt this: {Clean(LastSentence(words))}",
            VaultRemedy);
    }

    private static bool BeginsWithMark(string file)
    {
        if (!File.Exists(file))
            return false;
        using var stream = File.OpenRead(file);
        Span<byte> start = stackalloc byte[3];
        return stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) switch
        {
            // RFC 3629, 6, and those of UTF-16.
            3 when start.SequenceEqual(Encoding.UTF8.Preamble) => true,
            >= 2 => start.StartsWith(Encoding.Unicode.Preamble) || start.StartsWith(Encoding.BigEndianUnicode.Preamble),
            _ => false,
        };
    }

    private static bool IsEncrypted(string file) =>
        File.Exists(file) && File.ReadLines(file).FirstOrDefault() is { } first && Vault.IsIn(first);

    // Ansible dies of these without a word on the file: not of UTF-8, and no mapping.
    private UserError? OfFile() => files.Readable.Select(file => file.Text.Problem)
        .FirstOrDefault(problem => problem is not null) is { } problem
        ? new UserError(problem, "Correct the file there.")
        : null;

    private static string LastSentence(string words) =>
        words[(words.LastIndexOf("ERROR! ", StringComparison.Ordinal) is >= 0 and var start ? start + "ERROR! ".Length : 0)..];

    private static string Clean(string words) => words.Split(" The error appears")[0].Split("[WARNING]")[0].Split(" ERROR!")[0]
        .Trim().TrimEnd('.');

    private string Shown(string path) => ShownPath.Of(root, path);

    [GeneratedRegex(@"\s+", RegexOptions.NonBacktracking)]
    private static partial Regex Blanks();

    [GeneratedRegex(@"error appears to be in '(?<file>[^']+)': line (?<line>[0-9]+), column (?<column>[0-9]+)",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Place();

    [GeneratedRegex(@"Syntax Error while loading YAML\. (?<what>.*?)\.? The error appears",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex What();

    [GeneratedRegex(
        @"Adding group '(?<child>[^']+)' as child to '(?<parent>[^']+)' creates a recursive dependency loop|can't add group to itself",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Loop();

    [GeneratedRegex(@"Failed to parse (?<file>/.*?) with script plugin: (?<what>.*)",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Script();

    [GeneratedRegex(@"plugin: (?<file>/[^:]+):(?<line>[0-9]+): (?<what>.*)",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking | RegexOptions.Singleline)]
    private static partial Regex Line();
}
