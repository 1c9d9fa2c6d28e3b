namespace KubeLab.Lifecycle;

/// <summary>A backup holds every Secret of the cluster, so it is written in clear only where somebody has said so.</summary>
public static class BackupConsent
{
    /// <summary>Makes sure that it is said how a backup is written.</summary>
    /// <exception cref="UserError">It isn't, or two things are said.</exception>
    public static void Require(Cluster cluster, bool unencrypted)
    {
        if (unencrypted == cluster.Settings.Backup.Recipient is null)
            return;
        throw unencrypted
            ? new UserError(
                $"--unencrypted is given, and a recipient too: {cluster.Settings.Backup.Recipient}.",
                "Leave one of them out (backup.recipient in kubelab.yml, --recipient). Nothing was changed.")
            : new UserError(
                "Whom the backup is encrypted to isn't said, and it holds every Secret of the cluster.",
                "Make an identity (age-keygen -o FILE, kept elsewhere) and give its recipient: --recipient age1..., or backup.recipient in kubelab.yml; or say --unencrypted. Nothing was changed.");
    }
}

/// <summary>Where a member of etcd is replaced, the others have nothing to lose for a while.</summary>
public static class ReplacementBackup
{
    /// <summary>Makes sure that a backup can be taken before.</summary>
    /// <exception cref="UserError">It isn't said how.</exception>
    public static void Require(Cluster cluster, Node member, bool unencrypted)
    {
        if (cluster.Settings.Backup.Recipient is null && !unencrypted)
            throw new UserError(
                $"{member.Name} is a member of etcd, which is saved before one is replaced, and whom the backup is encrypted to isn't said.",
                "Give a recipient (--recipient age1..., or backup.recipient in kubelab.yml), or say --unencrypted: it holds every Secret of the cluster (docs/etcd-backup.md). Nothing was changed.");
        BackupConsent.Require(cluster, unencrypted);
    }
}

/// <summary>What is to be said of a backup, in the form of all that judge.</summary>
public static class BackupFindings
{
    /// <summary>What is to be said.</summary>
    public static IReadOnlyList<Finding> Of(TakenBackup taken, bool unencrypted)
    {
        var (manifest, snapshot) = (taken.Manifest, taken.Manifest.Snapshot);
        return
        [
            Found("snapshot", manifest.Member, FindingStatus.Passed,
                $"etcd {manifest.Etcd}: revision {snapshot.Revision}, {snapshot.Keys} keys, hash {snapshot.Hash}, {Megabytes(snapshot.Size)} MB; {snapshot.Tool} has opened it again, SHA-256 {snapshot.Sha256[..16]}"),
            .. taken.Refused.Select(each => Found(
                "members", null, FindingStatus.Warning, $"A member gave no snapshot. {each}") with
            { Remedy = "See what is wrong with it: ./build.sh SmokeTest --tier 0." }),
            .. manifest.Missing.Select(each => Found("beside", null, FindingStatus.Warning, $"The backup lacks {each}") with
            { Remedy = "Mend that, and take another." }),
            manifest.Uid.Length > 0
                ? Found("cluster", null, FindingStatus.Passed,
                    $"it is of the cluster whose kube-system has the UID {manifest.Uid}")
                : Found("cluster", null, FindingStatus.Warning,
                    "etcd has no namespace kube-system, so no restore can tell whose backup it is") with
                { Remedy = "Take another once the cluster is installed.", Unknown = true },
            .. manifest.Nodes.Select(node => Found(
                "beside", node, FindingStatus.Passed, $"{node}: its certificates and configuration are in it")),
            unencrypted
                ? Found("encrypted", null, FindingStatus.Warning,
                    $"{taken.File} is not encrypted, and holds every Secret of the cluster") with
                { Remedy = "Keep it where nobody else reads it, and give --recipient the next time." }
                : Found("encrypted", null, FindingStatus.Passed,
                    $"{Path.GetFileName(taken.File)} is encrypted, {Megabytes(taken.Bytes)} MB"),
            taken.IsReadAgain
                ? Found("file", null, FindingStatus.Passed,
                    "the file was read to its end again, and all of it is as it was written")
                : Found("file", null, FindingStatus.Skipped,
                    "the file can't be read again without the identity: backup.identity, where that may be on this machine"),
            .. taken.Removed.Count == 0 ? [] : new[]
            {
                Found("kept", null, FindingStatus.Passed,
                    $"removed as too old: {string.Join(", ", taken.Removed.Select(Path.GetFileName))}"),
            },
        ];
    }

    private static string Megabytes(long bytes) => (bytes / 1024.0 / 1024.0).ToString("0.0", CultureInfo.InvariantCulture);

    private static Finding Found(string check, string? node, FindingStatus status, string message)
    {
        var title = check switch
        {
            "snapshot" => "A snapshot of etcd is taken, and opened again",
            "members" => "Every member that was asked gives a snapshot",
            "beside" => "What a restore needs beside the snapshot is in the backup",
            "cluster" => "It says whose backup it is",
            "encrypted" => "Nobody else can read it",
            "file" => "The file is whole",
            _ => "Old backups are removed",
        };
        return new Finding($"backup-{check}", title, node, status, message);
    }
}
