namespace KubeLab.Lifecycle;

/// <summary>What a restore of etcd has changed: <c>etcd-restore.json</c> in the record of its run.</summary>
/// <param name="File">The backup.</param>
/// <param name="TakenAt">When that was taken.</param>
/// <param name="SnapshotRevision">Its revision.</param>
/// <param name="RevisionBefore">The revision that etcd had come to; null where it did not answer any more.</param>
/// <param name="RevisionAfter">The revision that it goes on from.</param>
/// <param name="IsBumped">Whether revisions that clients may know are marked as gone.</param>
/// <param name="Lost">The objects that were there before and no longer are, by kind; null where that can't be told.</param>
/// <param name="Returned">The objects that are there again, by kind.</param>
/// <param name="LostObjects">The first of those that were lost.</param>
/// <param name="SetAside">Where what was there lies, on each node.</param>
public sealed record RestoreReport(
    string File, DateTimeOffset TakenAt, long SnapshotRevision, long? RevisionBefore, long RevisionAfter, bool IsBumped,
    IReadOnlyDictionary<string, int>? Lost, IReadOnlyDictionary<string, int>? Returned, IReadOnlyList<string> LostObjects,
    IReadOnlyList<string> SetAside)
{
    private const int Most = 100;
    private const int CurrentVersion = 1;

    /// <summary>The file's name in the run's record.</summary>
    public static string FileName => "etcd-restore.json";

    /// <summary>The version of the format: it rises when a reader of an older one could misread a newer one.</summary>
    public int Version => CurrentVersion;

    /// <summary>Reads a file of this format.</summary>
    /// <exception cref="JsonException">The text is no such JSON, or of a newer version.</exception>
    public static RestoreReport Read(ReadOnlySpan<byte> file) => RecordJson.Read<RestoreReport>(file, CurrentVersion);

    /// <summary>Compares the keys of before with those of after.</summary>
    /// <param name="before">Those of before; null where etcd did not tell them.</param>
    internal static RestoreReport Of(
        string file, BackupManifest manifest, RestoreState state, long revision, IReadOnlyCollection<string>? before,
        IReadOnlyCollection<string> after, IReadOnlyList<string> aside)
    {
        List<string>? lost = before is null ? null : [.. before.Except(after).Order(StringComparer.Ordinal)];
        return new RestoreReport(
            file, manifest.At, manifest.Snapshot.Revision, state.RevisionBefore, revision, state.Bumps,
            lost is null ? null : Kinds(lost), before is null ? null : Kinds(after.Except(before)),
            [.. (lost ?? []).Take(Most)], aside);
    }

    /// <summary>How many there are of each kind: the name behind <c>/registry</c>, of a resource with a group the two.</summary>
    internal static IReadOnlyDictionary<string, int> Kinds(IEnumerable<string> keys) => keys.Select(KindOf)
        .CountBy(kind => kind).OrderBy(kind => kind.Key, StringComparer.Ordinal)
        .ToDictionary(kind => kind.Key, kind => kind.Value);

    /// <summary>What was lost, in sentences.</summary>
    public IReadOnlyList<string> Sentences(DateTimeOffset now) =>
    [
        $"etcd is as it was at {TakenAt:yyyy-MM-dd HH:mm:ss} UTC, {Ago(now - TakenAt)} ago, at revision {SnapshotRevision}.",
        RevisionBefore is { } was && was > SnapshotRevision
            ? $"Lost are the {was - SnapshotRevision} revisions that came after it."
            : RevisionBefore is null ? "How many revisions came after it can't be told: etcd did not answer any more."
            : "No revision came after it.",
        Lost is null ? "Which objects were lost can't be told."
            : $"Lost objects: {Counted(Lost)}. There again: {Counted(Returned!)}.",
        IsBumped ? $"It goes on at revision {RevisionAfter}; what came before is marked as compacted, so that whoever watches begins anew."
            : "This etcd can't raise its revisions (3.5.10 and later can): start pods anew that watch the API, as kubectl -n kube-system rollout restart daemonset,deployment does.",
        .. SetAside.Select(place => $"What was there lies in {place}; remove it once all is well."),
    ];

    /// <summary>The same in the form of all that judge.</summary>
    public IReadOnlyList<Finding> Findings(DateTimeOffset now) => [.. Sentences(now).Select(sentence => new Finding(
        "restore", "What the restore has changed", null, IsBumped || !sentence.Contains("can't raise its revisions")
            ? FindingStatus.Passed : FindingStatus.Warning, sentence))];

    internal static string Ago(TimeSpan span) => span < TimeSpan.Zero ? "by this machine's clock less than no time"
        : span < TimeSpan.FromHours(2) ? $"{(int)span.TotalMinutes} min" : $"{(int)span.TotalHours} h";

    private static string Counted(IReadOnlyDictionary<string, int> kinds) =>
        kinds.Count == 0 ? "none" : string.Join(", ", kinds.Select(kind => $"{kind.Value} {kind.Key}"));

    private static string KindOf(string key) => key.Split('/', StringSplitOptions.RemoveEmptyEntries) switch
    {
        [_, var group, var kind, ..] when group.Contains('.') => $"{kind}.{group}",
        [_, var kind, ..] => kind,
        _ => "other",
    };
}

/// <summary>A restore that has begun, kept until it has ended, so that a run that was killed can go on or back.</summary>
/// <param name="Stamp">Its name on the nodes.</param>
/// <param name="File">The backup, absolute.</param>
/// <param name="Sha256">The sum of its snapshot.</param>
/// <param name="Bumps">Whether all members raise their revisions.</param>
/// <param name="Keys">The keys that there were; null where etcd did not tell them.</param>
public sealed record RestoreState(
    string Stamp, string File, string Sha256, bool Bumps, long? RevisionBefore, IReadOnlyList<string>? Keys)
{
    /// <summary>The file that keeps it.</summary>
    public static string FileOf(Cluster cluster) => Path.Combine(cluster.ArtifactsDirectory, "etcd-restore.state.json");
}
