namespace KubeLab.Lifecycle;

/// <summary>What a backup of etcd holds, without a secret: the first file in it, and <c>etcd-backup.json</c> in the record of the
/// run that took it.</summary>
/// <param name="Cluster">The cluster's name.</param>
/// <param name="Uid">The UID of its namespace kube-system, by which clusters are told apart; empty where there is none
/// yet.</param>
/// <param name="At">When it was taken, by the clock of the machine that took it.</param>
/// <param name="Distribution">The release: <c>kubespray v2.31.0</c>.</param>
/// <param name="Commit">The release's commit; null where it isn't known.</param>
/// <param name="Kubernetes">The Kubernetes that the inventory asked for; null where it isn't known.</param>
/// <param name="Member">The node whose member of etcd gave the snapshot.</param>
/// <param name="Etcd">The version of etcd that ran there.</param>
/// <param name="Authority">The SHA-256 of the cluster's authority's certificate; null where no control plane told.</param>
/// <param name="Encryption">The SHA-256 of the API server's encryption configuration; null where it encrypts nothing.</param>
/// <param name="Nodes">The nodes whose certificates and configuration are in it.</param>
/// <param name="Missing">What a restore may need and isn't in it, and why.</param>
public sealed record BackupManifest(
    string Cluster, string Uid, DateTimeOffset At, string Distribution, string? Commit, string? Kubernetes, string Member,
    Version Etcd, string? Authority, string? Encryption, EtcdSnapshot Snapshot, IReadOnlyList<string> Nodes,
    IReadOnlyList<string> Missing)
{
    /// <summary>The file's name in a backup.</summary>
    public static string FileName => "manifest.json";

    /// <summary>The file's name in a run's record.</summary>
    public static string RecordName => "etcd-backup.json";

    private const int CurrentVersion = 1;

    /// <summary>The version of the format: it rises when a reader of an older one could misread a newer one.</summary>
    public int Version => CurrentVersion;

    /// <summary>Reads a file of this format.</summary>
    /// <exception cref="JsonException">The text is no such JSON, or of a newer version.</exception>
    public static BackupManifest Read(ReadOnlySpan<byte> file) => RecordJson.Read<BackupManifest>(file, CurrentVersion);
}

/// <summary>A snapshot of etcd, as the node that took and opened it says.</summary>
/// <param name="Hash">The hash of its contents, as etcd's own tool reckons it.</param>
/// <param name="Keys">How many keys it holds, older revisions of them too.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Tool">What opened it: etcdutl or etcdctl.</param>
public sealed record EtcdSnapshot(long Hash, long Revision, long Keys, long Size, string Sha256, string Tool);

/// <summary>What a node says of itself in lines of <c>name=value</c>, to the line <c>end=1</c>.</summary>
internal sealed class Told
{
    private readonly Dictionary<string, string> said;

    private Told(Dictionary<string, string> said) => this.said = said;

    /// <summary>What it said of something; null for nothing.</summary>
    public string? this[string name] => said.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;

    /// <summary>Reads it; null where it doesn't come to its end.</summary>
    public static Told? Read(string text)
    {
        var lines = text.Split('\n').Select(line => line.TrimEnd('\r').Split('=', 2)).Where(line => line.Length == 2).ToList();
        return lines is [.., ["end", "1"]]
            ? new Told(lines.GroupBy(line => line[0]).ToDictionary(group => group.Key, group => group.Last()[1]))
            : null;
    }

    /// <summary>A whole number; null where it said none.</summary>
    public long? Number(string name) =>
        long.TryParse(this[name], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>The snapshot that it took; null where a figure of it is missing.</summary>
    public EtcdSnapshot? Snapshot =>
        (Number("hash"), Number("revision"), Number("keys"), Number("size"), this["sha256"], this["tool"])
            is ({ } hash, { } revision, { } keys, > 0 and { } size, { Length: 64 } sha256, { } tool)
        ? new EtcdSnapshot(hash, revision, keys, size, sha256, tool) : null;
}
