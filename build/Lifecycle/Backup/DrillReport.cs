namespace KubeLab.Lifecycle;

/// <summary>What came up from a backup in a drill: <c>etcd-drill.json</c> in the record of its run.</summary>
/// <param name="File">The backup.</param>
/// <param name="TakenAt">When that was taken.</param>
/// <param name="BackupUid">The UID of kube-system that it says; empty where it says none.</param>
/// <param name="IsEncrypted">Whether its API server had an encryption configuration.</param>
/// <param name="Node">The control plane that held the drill.</param>
/// <param name="ApiServer">The version of the API server that read it.</param>
/// <param name="Etcd">The version of etcd that held it.</param>
/// <param name="Seconds">How long the drill took.</param>
/// <param name="ClockOffsetSeconds">How far the node's clock is before this machine's; null where it doesn't tell.</param>
/// <param name="Uid">The UID of kube-system, as the API server reads it.</param>
/// <param name="Objects">What etcd holds, by kind.</param>
/// <param name="Living">What the cluster held at the end of the drill; null where no member told.</param>
/// <param name="Read">What the API server has read, of the kinds that it was asked for.</param>
/// <param name="Unread">Why it could not read all of that; null where it could.</param>
/// <param name="Secret">The Secret that it was asked for; null where the backup holds none.</param>
/// <param name="Form">How that lies in etcd, as <c>k8s:enc:aescbc:</c>; null for in clear.</param>
/// <param name="IsDecrypted">Whether the API server gave that Secret.</param>
/// <param name="Refusal">Why it didn't.</param>
/// <param name="AdminAccepted">Whether it knows the user of the backup's admin.conf; null where that isn't in it.</param>
/// <param name="AdminRefusal">Why it doesn't.</param>
/// <param name="IsGone">Whether the node has nothing of the drill any more.</param>
public sealed record DrillReport(
    string File, DateTimeOffset TakenAt, long SnapshotRevision, string BackupUid, bool IsEncrypted, string Node,
    string? ApiServer, string? Etcd, int Seconds, int? ClockOffsetSeconds, long? Revision, string? Uid,
    IReadOnlyDictionary<string, int> Objects, IReadOnlyDictionary<string, int>? Living,
    IReadOnlyDictionary<string, int> Read, string? Unread, string? Secret, string? Form,
    bool IsDecrypted, string? Refusal, bool? AdminAccepted, string? AdminRefusal, bool IsGone)
{
    private const int CurrentVersion = 1;
    private const int SmallDifference = 5;
    private const double LargestShare = 0.25;
    private const string ReadOf = "read.";
    private const string KeyOf = "key=";
    private static readonly TimeSpan LargestOffset = TimeSpan.FromMinutes(1);

    // Whose number says nothing, as they come and go by themselves.
    private static readonly string[] Fleeting = ["events", "leases", "masterleases"];

    /// <summary>The file's name in the run's record.</summary>
    public static string FileName => "etcd-drill.json";

    /// <summary>The version of the format: it rises when a reader of an older one could misread a newer one.</summary>
    public int Version => CurrentVersion;

    /// <summary>Reads a file of this format.</summary>
    /// <exception cref="JsonException">The text is no such JSON, or of a newer version.</exception>
    public static DrillReport Parse(ReadOnlySpan<byte> file) => RecordJson.Read<DrillReport>(file, CurrentVersion);

    /// <summary>Reads what a node says of a drill.</summary>
    /// <param name="looked">What it said before.</param>
    /// <param name="told">What it says.</param>
    /// <param name="lines">The same line by line, as many have one name.</param>
    /// <param name="living">The keys of the cluster's etcd; null where no member told.</param>
    internal static DrillReport Of(
        string file, BackupManifest manifest, string node, Told looked, Told told, IReadOnlyList<string> lines,
        IReadOnlyList<string>? living, TimeSpan? offset, TimeSpan took, bool isGone) => new(
            file, manifest.At, manifest.Snapshot.Revision, manifest.Uid, manifest.Encryption is not null, node,
            looked["apiserver"], looked["etcd"], (int)Math.Ceiling(took.TotalSeconds), (int?)offset?.TotalSeconds,
            told.Number("revision"), told["uid"],
            RestoreReport.Kinds(Behind(KeyOf, lines)),
            living is null ? null : RestoreReport.Kinds(living),
            Behind(ReadOf, lines).Select(line => line.Split('=')[0]).Distinct()
                .Where(kind => told.Number(ReadOf + kind) is not null)
                .ToDictionary(kind => kind, kind => (int)told.Number(ReadOf + kind)!.Value),
            told["unread"] is { } unread ? PlainText.Line(unread) : null, told["secret"], told["form"],
            told["decrypted"] is not null, told["refusal"] is { } refusal ? PlainText.Line(refusal) : null,
            told["admin"] is not null ? true : told["stranger"] is null ? null : false,
            told["stranger"] is { } stranger ? PlainText.Line(stranger) : null, isGone);

    /// <summary>What is to be said of it, in the form of all that judge.</summary>
    /// <param name="now">The time by this machine's clock.</param>
    public IReadOnlyList<Finding> Findings(DateTimeOffset now) =>
    [
        OfEtcd(), OfCluster(), OfSecret(), OfRead(), OfCounts(now), OfAdmin(), OfClocks(now),
        Found("gone", "Nothing of the drill is left", IsGone
            ? (FindingStatus.Passed, $"the drill took {Seconds} s, and nothing of it is left on {Node}", null)
            : (FindingStatus.Failed, $"something of the drill is left on {Node}",
                $"See to /var/tmp/kubelab-drill.* there; the next drill on {Node} removes it.")),
    ];

    private static IEnumerable<string> Behind(string name, IEnumerable<string> lines) =>
        lines.Where(line => line.StartsWith(name, StringComparison.Ordinal)).Select(line => line[name.Length..]);

    private static Finding Found(string check, string title, (FindingStatus Status, string Message, string? Remedy) said) =>
        new($"drill-{check}", title, null, said.Status, said.Message) { Remedy = said.Remedy };

    private Finding OfEtcd() => Found("etcd", "etcd comes up from the backup", Revision == SnapshotRevision && Objects.Count > 0
        ? (FindingStatus.Passed,
            $"etcd {Etcd} on {Node} holds revision {Revision} of the backup, {Objects.Values.Sum()} objects of {Objects.Count} kinds",
            null)
        : (FindingStatus.Failed,
            $"etcd {Etcd} on {Node} holds revision {Revision}, and the backup says {SnapshotRevision}; it has {Objects.Values.Sum()} objects",
            "Take another backup, and drill that."));

    private Finding OfCluster()
    {
        const string title = "The API server serves the cluster that the backup is of";
        return BackupUid.Length == 0
            ? Found("cluster", title, (FindingStatus.Warning,
                "the backup doesn't say whose it is, as there was no namespace kube-system", "Take another backup.")) with
            { Unknown = true }
            : Found("cluster", title, Uid == BackupUid
                ? (FindingStatus.Passed, $"an API server {ApiServer} serves it: kube-system has the UID {Uid}", null)
                : (FindingStatus.Failed, $"kube-system has the UID {Uid ?? "none"} there, and {BackupUid} in the backup",
                    "Take another backup, and drill that."));
    }

    private Finding OfSecret()
    {
        const string title = "A Secret of the backup can be read";
        var remedy = "What encrypted it is not in the backup: without the key of then (encryption-provider-config), or the service that keeps it, no Secret of this backup can be read. Find that, and take another backup now.";
        return (Secret, IsDecrypted, Form) switch
        {
            (null, _, _) => Found("secret", title,
                (FindingStatus.Warning, "the backup holds no Secret, so none could be read", null)) with
            { Unknown = true },
            (_, false, _) => Found("secret", title, (FindingStatus.Failed,
                $"the Secret {Secret} can't be read: {Refusal ?? "the API server gave none"}", remedy)),
            (_, _, { } form) => Found("secret", title, (FindingStatus.Passed,
                $"the Secret {Secret}, which lies in etcd as {form.TrimEnd(':')}, is decrypted with the backup's own encryption configuration",
                null)),
            _ when IsEncrypted => Found("secret", title, (FindingStatus.Warning,
                $"the Secret {Secret} is read, but lies in etcd in clear, as others do, though the API server has an encryption configuration: nothing had to be decrypted",
                "Write them anew, so that they are encrypted: kubectl get secrets -A -o json | kubectl replace -f -.")) with
            { Unknown = true },
            _ => Found("secret", title, (FindingStatus.Passed,
                $"the Secret {Secret} is read; it lies in etcd in clear, as no encryption is configured", null)),
        };
    }

    private Finding OfRead()
    {
        var asked = new[] { "namespaces", "configmaps", "secrets", "serviceaccounts", "pods", "deployments" };
        var less = asked.Where(kind => Read.GetValueOrDefault(kind) < Objects.GetValueOrDefault(kind))
            .Select(kind => $"{Read.GetValueOrDefault(kind)} of {Objects[kind]} {kind}").ToList();
        return Found("read", "The API server reads what etcd holds", less.Count == 0 && Unread is null
            ? (FindingStatus.Passed,
                $"it reads all {string.Join(", ", asked.Where(Read.ContainsKey).Select(kind => $"{Read[kind]} {kind}"))}", null)
            : (FindingStatus.Failed,
                $"it reads only {(less.Count == 0 ? "a part" : string.Join(", ", less))}{(Unread is null ? "" : $": {Unread}")}",
                "Take another backup, and drill that; where the cluster's own API server can't read them either, mend that first."));
    }

    private Finding OfCounts(DateTimeOffset now)
    {
        const string title = "The backup holds what the cluster has";
        var age = $"the backup is of {TakenAt:yyyy-MM-dd HH:mm:ss} UTC, {RestoreReport.Ago(now - TakenAt)} ago";
        if (Living is null)
            return Found("counts", title,
                (FindingStatus.Warning, $"no member of etcd tells what the cluster has now; {age}", null)) with
            { Unknown = true };
        var different = Objects.Keys.Union(Living.Keys).Order(StringComparer.Ordinal)
            .Select(kind => (Kind: kind, Then: Objects.GetValueOrDefault(kind), Now: Living.GetValueOrDefault(kind)))
            .Where(each => each.Then != each.Now && !Fleeting.Contains(each.Kind)).ToList();
        var much = different.Where(each => Math.Abs(each.Then - each.Now) > Math.Max(
            SmallDifference, LargestShare * Math.Max(each.Then, each.Now))).ToList();
        string Listed(IEnumerable<(string Kind, int Then, int Now)> kinds) =>
            string.Join(", ", kinds.Select(each => $"{each.Kind} {each.Then} (now {each.Now})"));
        return Found("counts", title, much.Count > 0
            ? (FindingStatus.Warning, $"{age}, and much has changed since: {Listed(much)}", "Take another backup.")
            : (FindingStatus.Passed, different.Count == 0
                ? $"{age}, and holds as many of each kind as the cluster has now"
                : $"{age}, and little has changed since: {Listed(different)}", null));
    }

    private Finding OfAdmin() => Found("admin", "The backup's admin.conf is known", AdminAccepted switch
    {
        true => (FindingStatus.Passed, "the API server knows the user of the backup's admin.conf", null),
        false => (FindingStatus.Warning, $"the API server doesn't know the user of the backup's admin.conf: {AdminRefusal}",
            "After a restore with its certificates they need to be renewed first: ./build.sh RenewCertificates."),
        null => (FindingStatus.Skipped, "the backup has no admin.conf", null),
    });

    private Finding OfClocks(DateTimeOffset now)
    {
        var offset = TimeSpan.FromSeconds(ClockOffsetSeconds ?? 0).Duration();
        List<string> off = [];
        if (offset > LargestOffset)
            off.Add($"{Node}'s clock is {offset.TotalSeconds:0} s {(ClockOffsetSeconds > 0 ? "before" : "behind")} this machine's");
        if (TakenAt > now + LargestOffset)
            off.Add(
                $"the backup is of {TakenAt:yyyy-MM-dd HH:mm:ss} UTC, and it is {now:yyyy-MM-dd HH:mm:ss} UTC by this machine's clock");
        const string title = "The clocks agree";
        const string remedy =
            "Set the clocks: what is said of the backup's age isn't true, and certificates may not be valid yet, or no longer.";
        return off.Count > 0
            ? Found("clock", title, (FindingStatus.Warning, string.Join("; ", off), remedy))
            : ClockOffsetSeconds is null
            ? Found("clock", title, (FindingStatus.Warning, $"{Node} doesn't tell the time", remedy)) with { Unknown = true }
            : Found("clock", title, (FindingStatus.Passed,
                $"{Node}'s clock agrees with this machine's to {LargestOffset.TotalSeconds:0} s, and the backup is of before", null));
    }
}
