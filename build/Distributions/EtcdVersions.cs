using Version = System.Version;

namespace KubeLab.Distributions;

/// <summary>The etcd that a distribution brings with a Kubernetes, and what it has to have been before, by the tree
/// itself.</summary>
public sealed partial class EtcdVersions
{
    // Kubespray: from v2.29 on, and in v2.28. Before, there is no etcd 3.6.
    private static readonly string[] VersionFiles =
        ["roles/kubespray_defaults/vars/main/main.yml", "roles/kubespray_defaults/defaults/main/download.yml"];

    // What empties the store of etcd's second API, from v2.31.0 on.
    private const string CleaningFile = "roles/etcd/tasks/clean_v2_store.yml";

    private readonly Dictionary<string, Version> bounds = [];
    private readonly List<Version> offered;

    private EtcdVersions(string directory) => offered = [.. KubernetesVersions.All(directory, "etcd_binary_checksums")];

    /// <summary>The first etcd that can't follow on just any before it.</summary>
    public static Version FirstStrict { get; } = new(3, 6, 0);

    /// <summary>The oldest etcd from which the tree goes to <see cref="FirstStrict"/> or later; null where it doesn't
    /// ask.</summary>
    public Version? LeastBefore { get; private set; }

    /// <summary>Where it asks for that; null where it doesn't.</summary>
    public VariableSource? Source { get; private set; }

    /// <summary>The etcd that comes with a Kubernetes, the newest below a bound; null where the tree doesn't say so.</summary>
    public Version? With(Version kubernetes) =>
        bounds.TryGetValue($"{kubernetes.Major}.{kubernetes.Minor}", out var bound)
            ? offered.FirstOrDefault(version => version < bound) : null;

    /// <summary>Reads them from a distribution's tree.</summary>
    public static EtcdVersions Read(string directory)
    {
        var versions = new EtcdVersions(directory);
        foreach (var row in Lines(directory, VersionFiles).Select(line => Row().Match(line.Text)).Where(row => row.Success))
            versions.bounds.TryAdd(row.Groups["kubernetes"].Value, Version.Parse(row.Groups["below"].Value));
        foreach (var (text, source) in Lines(directory, CleaningFile))
        {
            if (Older().Match(text) is { Success: true } older && Version.Parse(older.Groups["version"].Value) is var least
                && least < FirstStrict)
                (versions.LeastBefore, versions.Source) = (least, source);
        }

        return versions;
    }

    private static IEnumerable<(string Text, VariableSource Source)> Lines(string directory, params string[] files) =>
        files.Where(file => File.Exists(Path.Combine(directory, file))).SelectMany(file => File
            .ReadLines(Path.Combine(directory, file)).Select((line, index) => (line, new VariableSource(file, index + 1))));

    [GeneratedRegex(
        @"^  ['""](?<kubernetes>1\.[0-9]{1,4})['""]:.*etcd_binary_checksums.*'version', '(?<below>[0-9]{1,4}\.[0-9]{1,4})', '<'",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Row();

    [GeneratedRegex(@"etcd_current_version is version\('(?<version>[0-9]{1,4}\.[0-9]{1,4}\.[0-9]{1,4})', '<'\)",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Older();
}
