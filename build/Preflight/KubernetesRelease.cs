using System.Text.RegularExpressions;
using KubeLab.Clusters;
using KubeLab.Distributions;

namespace KubeLab.Preflight;

/// <summary>Which Kubernetes a distribution will install, and for which machines it has one.</summary>
/// <param name="Version">The version; null where it can't be told.</param>
/// <param name="Architectures">The architectures, as Go names them; none where the tree does not say.</param>
/// <param name="Source">Where that is written; null where nowhere.</param>
public sealed partial record KubernetesRelease(Version? Version, IReadOnlyList<string> Architectures, VariableSource? Source)
{
    private const string Checksums = "kubelet_checksums";

    // Where Kubespray keeps the checksums, newest first: v2.28, v2.25, v2.21, and before.
    private static readonly string[] ChecksumFiles =
    [
        "roles/kubespray_defaults/vars/main/checksums.yml",
        "roles/kubespray-defaults/defaults/main/checksums.yml",
        "roles/download/defaults/main/checksums.yml",
        "roles/download/defaults/main.yml",
    ];

    /// <summary>Reads it from the inventory and the distribution's tree.</summary>
    public static KubernetesRelease Read(ClusterVariables variables, Distribution distribution)
    {
        var versions = ChecksumFiles.Where(file => File.Exists(distribution.File(file)))
            .Select(file => Table(File.ReadLines(distribution.File(file)), file)).FirstOrDefault(table => table.Count > 0) ?? [];
        var architectures = versions.Select(entry => entry.Architecture).Distinct(StringComparer.Ordinal).ToList();
        var set = variables.OfCluster("kube_version");
        if (set is not null && Parse(set.Text) is { } version)
            return new KubernetesRelease(version, architectures, set.Source);

        // From v2.28 the default is a template: the first version that there is a checksum of for amd64.
        var first = versions.Find(entry => entry.Architecture == "amd64");
        return set is { IsDefault: true } && set.Text.Contains(Checksums, StringComparison.Ordinal) && first is not null
            ? new KubernetesRelease(Parse(first.Version), architectures, first.Source)
            : new KubernetesRelease(null, architectures, null);
    }

    // The file is long, and all that matters stands at its indentation: a table by architecture, each a table by version.
    private static List<Entry> Table(IEnumerable<string> lines, string file)
    {
        var entries = new List<Entry>();
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
                inTable = line.StartsWith($"{Checksums}:", StringComparison.Ordinal);
            }
            else if (inTable && Key().Match(line) is { Success: true } key)
            {
                if (key.Groups["indent"].Length == 2)
                    architecture = key.Groups["key"].Value;
                else
                    entries.Add(new Entry(architecture, key.Groups["key"].Value, new VariableSource(file, number)));
            }
        }

        return entries;
    }

    private static Version? Parse(string text) => Version.TryParse(text.TrimStart('v').Split('-', '+')[0], out var version) ? version : null;

    [GeneratedRegex(@"^(?<indent> +)'?""?(?<key>[A-Za-z0-9._-]+)'?""?:", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Key();

    private sealed record Entry(string Architecture, string Version, VariableSource Source);
}
