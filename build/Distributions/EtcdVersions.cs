using Version = System.Version;

namespace KubeLab.Distributions;

/// <summary>The etcd that a distribution brings with a Kubernetes, and what it has to have been before, by the tree
/// itself.</summary>
public sealed partial class EtcdVersions
{
    // Kubespray: from v2.29 on, in v2.28, from v2.24 on, in v2.23, and before. Up to v2.27 there is no etcd 3.6.
    private static readonly string[] VersionFiles =
    [
        "roles/kubespray_defaults/vars/main/main.yml", "roles/kubespray_defaults/defaults/main/download.yml",
        "roles/kubespray-defaults/defaults/main/download.yml", "roles/download/defaults/main/main.yml",
        "roles/download/defaults/main.yml",
    ];

    private const string Table = "etcd_supported_versions:";

    // What empties the store of etcd's second API, from v2.31.0 on.
    private const string CleaningFile = "roles/etcd/tasks/clean_v2_store.yml";

    private const string RecoveringFile = "roles/recover_control_plane/etcd/tasks/main.yml";

    private readonly Dictionary<string, Version> bounds = [];
    private readonly Dictionary<string, Version> named = [];
    private Version? alone;
    private readonly List<Version> offered;

    private EtcdVersions(string directory) => offered = [.. KubernetesVersions.All(directory, "etcd_binary_checksums")];

    /// <summary>The first etcd that can't follow on just any before it.</summary>
    public static Version FirstStrict { get; } = new(3, 6, 0);

    /// <summary>The oldest etcd from which the tree goes to <see cref="FirstStrict"/> or later; null where it doesn't
    /// ask.</summary>
    public Version? LeastBefore { get; private set; }

    /// <summary>Whether a recovery takes etcd's health from what etcdctl says on standard output.</summary>
    public bool RecoveryListens { get; private set; }

    /// <summary>Whether a recovery with etcd's quorum stops where a broken member's machine is silent: it has each remove its own
    /// data, and up to v2.24.3 doesn't say that a silence is to be ignored.</summary>
    public bool RecoveryNeedsAnswers { get; private set; }

    /// <summary>Where it asks for that; null where it doesn't.</summary>
    public VariableSource? Source { get; private set; }

    /// <summary>The etcd that comes with a Kubernetes: the newest below a bound, the one of a table, or one for all; null where
    /// the tree says none.</summary>
    public Version? With(Version kubernetes) => $"{kubernetes.Major}.{kubernetes.Minor}" is var minor
        && bounds.TryGetValue(minor, out var bound)
            ? offered.FirstOrDefault(version => version < bound) : named.TryGetValue(minor, out var one) ? one : alone;

    /// <summary>Reads them from a distribution's tree.</summary>
    public static EtcdVersions Read(string directory)
    {
        var versions = new EtcdVersions(directory);
        var table = "";
        foreach (var (text, _) in Lines(directory, VersionFiles))
        {
            if (text.Length > 0 && text[0] is not (' ' or '#'))
                table = text.TrimEnd();
            if (Row().Match(text) is { Success: true } row)
                versions.bounds.TryAdd(row.Groups["kubernetes"].Value, Version.Parse(row.Groups["below"].Value));
            else if (table == Table && Named().Match(text) is { Success: true } entry)
                versions.named.TryAdd(entry.Groups["kubernetes"].Value, Version.Parse(entry.Groups["etcd"].Value));
            else if (Alone().Match(text) is { Success: true } one)
                versions.alone ??= Version.Parse(one.Groups["etcd"].Value);
        }

        bool RecoverySays(string text) =>
            Lines(directory, RecoveringFile).Any(line => line.Text.Contains(text, StringComparison.Ordinal));
        versions.RecoveryListens = RecoverySays(".stdout_lines");
        versions.RecoveryNeedsAnswers = RecoverySays("delegate_to:") && !RecoverySays("ignore_unreachable: true");
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

    [GeneratedRegex(
        @"^ +['""]?v?(?<kubernetes>1\.[0-9]{1,4})['""]?: *['""]?v?(?<etcd>[0-9]{1,4}\.[0-9]{1,4}\.[0-9]{1,4})['""]? *(#|$)",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Named();

    [GeneratedRegex(@"^etcd_version: *['""]?v?(?<etcd>[0-9]{1,4}\.[0-9]{1,4}\.[0-9]{1,4})['""]? *(#|$)",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Alone();

    [GeneratedRegex(@"etcd_current_version is version\('(?<version>[0-9]{1,4}\.[0-9]{1,4}\.[0-9]{1,4})', '<'\)",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Older();
}
