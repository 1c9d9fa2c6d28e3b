namespace KubeLab.Distributions;

/// <summary>
/// The versions of what a distribution downloads, by its tables of checksums: a version that its table lacks breaks the task that
/// looks it up, for all downloads.
/// </summary>
public sealed partial class ChecksumTables
{
    // Where Kubespray says which table and version give a checksum, newest first: v2.28, v2.24, v2.23, and before.
    private static readonly string[] DownloadFiles =
    [
        "roles/kubespray_defaults/defaults/main/download.yml",
        "roles/kubespray-defaults/defaults/main/download.yml",
        "roles/download/defaults/main/main.yml",
        "roles/download/defaults/main.yml",
    ];

    private readonly Dictionary<string, List<KubernetesChecksum>> tables = [];
    private readonly Dictionary<string, List<(string Table, string Checksum)>> uses = [];

    private ChecksumTables()
    {
    }

    /// <summary>The variables of versions that a table is looked up by.</summary>
    public IEnumerable<string> Versions => uses.Keys;

    /// <summary>Whether a checksum is written with its kind in front, <c>sha256:…</c>, as from Kubespray v2.28 on; null where
    /// there is no table.</summary>
    public bool? WithKind { get; private set; }

    /// <summary>The rows of the tables that a version is looked up in, for amd64.</summary>
    /// <param name="isSet">Whether the inventory sets a variable: a table or checksum of its own needs none of the
    /// distribution's.</param>
    public IEnumerable<IReadOnlyList<KubernetesChecksum>> Of(string version, Func<string, bool> isSet) =>
        uses.GetValueOrDefault(version, []).Where(use => !isSet(use.Table) && !isSet(use.Checksum))
            .Select(use => tables.GetValueOrDefault(use.Table, [])).Where(rows => rows.Count > 0);

    /// <summary>Reads them from a distribution's tree.</summary>
    public static ChecksumTables Read(string directory)
    {
        var found = new ChecksumTables();
        foreach (var file in KubernetesVersions.ChecksumFiles.Where(file => File.Exists(Path.Combine(directory, file))))
            found.AddTables(File.ReadLines(Path.Combine(directory, file)), file);
        if (DownloadFiles.FirstOrDefault(file => File.Exists(Path.Combine(directory, file))) is { } downloads)
            found.AddUses(File.ReadAllLines(Path.Combine(directory, downloads)));
        return found;
    }

    private void AddTables(IEnumerable<string> lines, string file)
    {
        var (table, architecture, number) = ("", "", 0);
        foreach (var line in lines)
        {
            number++;
            if (Table().Match(line) is { Success: true } heading)
                (table, architecture) = (heading.Groups["name"].Value, "");
            else if (line.Length > 0 && line[0] is not ' ' and not '#')
                table = "";
            else if (table.Length > 0 && Row().Match(line) is { Success: true } row)
                AddRow(table, row, ref architecture, new VariableSource(file, number));
        }
    }

    // A table by architecture, each a table by version; Calico's custom resources are the same for all architectures.
    private void AddRow(string table, Match row, ref string architecture, VariableSource source)
    {
        var value = row.Groups["value"].Value;
        if (row.Groups["indent"].Length == 2 && value.Length == 0)
        {
            architecture = row.Groups["key"].Value;
            return;
        }

        if (value.Length >= 64)
            WithKind ??= value.Contains(':');
        if (architecture is not ("" or "amd64"))
            return;
        if (!tables.TryGetValue(table, out var rows))
            tables[table] = rows = [];
        rows.Add(new KubernetesChecksum(architecture, row.Groups["key"].Value, source));
    }

    private void AddUses(IReadOnlyList<string> lines)
    {
        var aliases = lines.Select(line => Alias().Match(line)).Where(match => match.Success)
            .ToLookup(match => match.Groups["name"].Value, match => match.Groups["of"].Value);
        foreach (var use in lines.Select(line => Use().Match(line)).Where(match => match.Success))
        {
            var version = use.Groups["version"].Value;
            foreach (var name in aliases[version].Prepend(version))
            {
                if (!uses.TryGetValue(name, out var known))
                    uses[name] = known = [];
                known.Add((use.Groups["table"].Value, use.Groups["checksum"].Value));
            }
        }
    }

    [GeneratedRegex("^(?<name>[a-z0-9_]+_checksums):", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Table();

    [GeneratedRegex(@"^(?<indent> +)['""]?(?<key>[A-Za-z0-9._+-]+)['""]?:\s*['""]?(?<value>[A-Za-z0-9:]*)",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Row();

    [GeneratedRegex(@"^(?<checksum>\w+):.*\b(?<table>\w+_checksums)(\[image_arch\])?\[(?<version>\w+_version)\]",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Use();

    [GeneratedRegex(@"^(?<name>\w+_version):\s*[""']\{\{\s*(?<of>\w+_version)\s*\}\}[""']",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Alias();
}
