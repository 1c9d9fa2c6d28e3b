using Version = System.Version;

namespace KubeLab.Distributions;

/// <summary>The Kubernetes versions that a distribution installs, by its own tables.</summary>
public sealed partial record KubernetesVersions
{
    private const string Checksums = "kubelet_checksums";
    private const string DefaultVariableName = "kube_version";

    // Where Kubespray keeps the checksums, newest first: v2.28, v2.24, v2.23, and before.
    internal static IReadOnlyList<string> ChecksumFiles { get; } = [
        "roles/kubespray_defaults/vars/main/checksums.yml",
        "roles/kubespray-defaults/defaults/main/checksums.yml",
        "roles/download/defaults/main/checksums.yml",
        "roles/download/defaults/main.yml",
    ];

    // Where it keeps the default: v2.28, v2.24, and before.
    private static readonly string[] DefaultFiles = [
        "roles/kubespray_defaults/defaults/main/main.yml",
        "roles/kubespray-defaults/defaults/main/main.yml",
        "roles/kubespray-defaults/defaults/main.yaml",
    ];

    private KubernetesVersions(IReadOnlyList<KubernetesChecksum> checksums) => Table = checksums;

    /// <summary>What is installed where the inventory says nothing; null where the tree doesn't say.</summary>
    public Version? Default { get; private init; }

    /// <summary>The same as this tree's <c>kube_version</c> is written.</summary>
    public string? WrittenDefault => Default is null ? null : Write(Default);

    /// <summary>Where that is written; null where nowhere.</summary>
    public VariableSource? Source { get; private init; }

    /// <summary>The lowest that the playbooks accept (<c>kube_version_min_required</c>); null where it isn't said.</summary>
    public Version? Minimum { get; private init; }

    /// <summary>A checksum for each version and architecture, in the tree's order; none where the tree has no table.</summary>
    public IReadOnlyList<KubernetesChecksum> Table { get; }

    /// <summary>Every version that there is a checksum of for amd64, in the tree's order: the newest comes first.</summary>
    public IReadOnlyList<Version> Supported => [.. Amd64.Select(each => Parse(each.Version)).OfType<Version>()];

    private IEnumerable<KubernetesChecksum> Amd64 => Table.Where(each => each.Architecture == "amd64");

    /// <summary>Reads them from a distribution's tree.</summary>
    public static KubernetesVersions Read(string directory)
    {
        var table = ChecksumFiles.Where(file => File.Exists(Path.Combine(directory, file)))
            .Select(file => ReadTable(File.ReadLines(Path.Combine(directory, file)), file, Checksums))
                .FirstOrDefault(rows => rows.Count > 0)
                ?? [];
        var versions = new KubernetesVersions(table);
        var file = DefaultFiles.FirstOrDefault(file => File.Exists(Path.Combine(directory, file)));
        if (file is null)
            return versions;
        var defaults = VariablesFile.Read(Path.Combine(directory, file), file);
        var standing = versions.Resolve(defaults.GetValueOrDefault(DefaultVariableName), versions.Amd64.FirstOrDefault());
        var least = versions.Resolve(defaults.GetValueOrDefault("kube_version_min_required"), versions.Amd64.LastOrDefault());
        return versions with { Default = standing?.Version, Source = standing?.Source, Minimum = least?.Version };
    }

    /// <summary>The newest version that a table of a tree has a checksum of, which its templates take as the default; null where
    /// it has none.</summary>
    /// <param name="table">The table's variable, such as <c>containerd_archive_checksums</c>.</param>
    public static Version? Newest(string directory, string table) => All(directory, table).FirstOrDefault();

    /// <summary>Every version in a table of a tree, in its order, the newest first.</summary>
    internal static IEnumerable<Version> All(string directory, string table) => ChecksumFiles
        .Select(file => (File: file, Path: Path.Combine(directory, file)))
        .Where(each => File.Exists(each.Path)).SelectMany(each => ReadTable(File.ReadLines(each.Path), each.File, table))
        .Select(row => Parse(row.Version)).OfType<Version>();

    /// <summary>Reads a version as Kubespray writes it: <c>v1.27.10</c> up to v2.27, <c>1.32.8</c> from v2.28 on.</summary>
    public static Version? Parse(string text) =>
        Version.TryParse(text.TrimStart('v').Split('-', '+')[0], out var version) && version.Build >= 0 ? version : null;

    /// <summary>A version as this tree's <c>kube_version</c> is written: with a leading v up to v2.27.</summary>
    public string Write(Version version) =>
        Table.Count > 0 ? $"{(Table[0].Version[0] == 'v' ? "v" : "")}{version}" : $"v{version}";

    // From v2.28 both are templates: the first and the last version that there is a checksum of for amd64.
    private (Version Version, VariableSource Source)? Resolve(WrittenVariable? variable, KubernetesChecksum? ofTable) =>
        variable switch
        {
            null => null,
            { IsTemplate: true } =>
                variable.Value.Contains(Checksums) && ofTable is not null && Parse(ofTable.Version) is { } version
                ? (version, ofTable.Source)
                : null,
            _ => Parse(variable.Value) is { } written ? (written, variable.Source) : null,
        };

    // The file is long, and all that matters stands at its indentation: a table by architecture, each a table by version.
    private static List<KubernetesChecksum> ReadTable(IEnumerable<string> lines, string file, string table)
    {
        var rows = new List<KubernetesChecksum>();
        var inTable = false;
        var architecture = "";
        var number = 0;
        foreach (var line in lines)
        {
            number++;
            if (line.Length == 0 || line[0] == '#')
                continue;
            if (line[0] is not ' ')
            {
                if (inTable)
                    break;
                inTable = line.StartsWith($"{table}:", StringComparison.Ordinal);
            }
            else if (inTable && Key().Match(line) is { Success: true } key)
            {
                if (key.Groups["indent"].Length == 2)
                    architecture = key.Groups["key"].Value;
                else
                    rows.Add(new KubernetesChecksum(architecture, key.Groups["key"].Value, new VariableSource(file, number)));
            }
        }

        return rows;
    }

    [GeneratedRegex(@"^(?<indent> +)'?""?(?<key>[A-Za-z0-9._-]+)'?""?:",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Key();
}

/// <summary>A kubelet that a distribution knows: a row of its <c>kubelet_checksums</c>.</summary>
/// <param name="Version">The version as it is written there, with or without a leading v.</param>
public sealed record KubernetesChecksum(string Architecture, string Version, VariableSource Source);
