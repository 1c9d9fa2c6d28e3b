using System.Formats.Tar;
using KubeLab.Ssh;

namespace KubeLab.Lifecycle;

/// <summary>Where a backup comes from.</summary>
/// <param name="Inventory">The machines.</param>
/// <param name="Distribution">The release: <c>kubespray v2.31.0</c>.</param>
/// <param name="Commit">The release's commit; null where it isn't known.</param>
/// <param name="Kubernetes">The Kubernetes that the inventory asks for; null where it isn't known.</param>
/// <param name="Places">Where things lie on the nodes.</param>
public sealed record BackupSource(
    Cluster Cluster, Inventory Inventory, string Distribution, string? Commit, string? Kubernetes, EtcdPlaces Places);

/// <summary>A backup that was taken.</summary>
/// <param name="File">Its path.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Refused">Members that gave no snapshot before one did, and why.</param>
/// <param name="IsReadAgain">Whether the file itself was read to its end again; not where only a recipient is known.</param>
/// <param name="Removed">The backups that were too old.</param>
public sealed record TakenBackup(
    string File, long Bytes, BackupManifest Manifest, IReadOnlyList<string> Refused, bool IsReadAgain,
    IReadOnlyList<string> Removed);

/// <summary>Takes backups of etcd: a snapshot of one healthy member and what a restore needs beside it, through memory alone from
/// the node into one file.</summary>
public sealed class EtcdBackup(NodeStreams streams, CommandRunner commands, TimeProvider time)
{
    private static readonly TimeSpan Limit = TimeSpan.FromHours(1);

    // No larger file of an inventory says anything about the cluster: kubectl, which Kubespray may leave there.
    private const long LargestFile = 8 * 1024 * 1024;

    /// <summary>Takes one.</summary>
    /// <exception cref="UserError">No member is healthy, or it can't be written; what was there before is still
    /// there.</exception>
    public async Task<TakenBackup> TakeAsync(BackupSource source, CancellationToken cancellationToken = default)
    {
        var settings = source.Cluster.Settings.Backup;
        if (source.Inventory.EtcdMembers.Count == 0)
            throw new UserError("The inventory has no node in the group etcd.", "Put etcd's members there. Nothing was changed.");
        if (settings.Recipient is { } recipient)
            await AgeCipher.RequireAsync(commands, recipient, cancellationToken);
        using var store = BackupStore.Open(BackupStore.FolderOf(source.Cluster));
        List<string> refused = [];
        foreach (var member in source.Inventory.EtcdMembers)
        {
            try
            {
                // As the file's name and the manifest have it: whole seconds.
                var now = time.GetUtcNow();
                var at = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond));
                BackupManifest? manifest = null;
                var isReadAgain = settings.Recipient is null || settings.Identity is not null;
                var file = await store.WriteAsync(at, settings.Recipient is not null, async stream =>
                {
                    async Task WriteAsync(Stream clear, CancellationToken token) =>
                        manifest = await WriteClearAsync(source, member, at, clear, token);
                    if (settings.Recipient is null)
                        await WriteAsync(stream, cancellationToken);
                    else
                        await AgeCipher.EncryptAsync(commands, settings.Recipient, stream, WriteAsync, cancellationToken);
                }, async written =>
                {
                    if (isReadAgain)
                        await BackupArchive.ReadAsync(commands, written, settings.Identity, cancellationToken: cancellationToken);
                }, cancellationToken);
                return new TakenBackup(
                    file, new FileInfo(file).Length, manifest!, refused, isReadAgain,
                    store.Prune(file, settings.Keep, settings.KeepFor, time.GetUtcNow()));
            }
            catch (NodeRefusal refusal)
            {
                refused.Add($"{member.Name}: {refusal.Message}");
            }
        }

        throw new UserError(
            $"No member of etcd gives a snapshot:\n{string.Join('\n', refused.Select(each => $"  {each}"))}",
            "Mend one of them first. Where etcd has lost its quorum for good, RecoverControlPlane or RestoreEtcd help; the data that a member still has lies in its data folder, and can be copied while etcd is stopped. Nothing was changed, and the backups of before are as they were.");
    }

    private async Task<BackupManifest> WriteClearAsync(
        BackupSource source, Node member, DateTimeOffset at, Stream clear, CancellationToken cancellationToken)
    {
        await using var writer = new BackupArchive.Writer(clear);
        BackupManifest? manifest = null;
        List<string> missing = [];
        // What the manifest says is known before the member's own files come; of the others it names what isn't there.
        var others = source.Inventory.EtcdMembers.Take(1).Concat(source.Inventory.ControlPlane.Take(1))
            .DistinctBy(node => node.Name).Where(node => node.Name != member.Name).ToList();
        Dictionary<string, Told> seen = [];
        foreach (var node in others)
        {
            try
            {
                seen[node.Name] = await TakeAsync(source, node, false, null, cancellationToken);
            }
            catch (NodeRefusal refusal)
            {
                missing.Add($"certificates and configuration of {node.Name}: {refusal.Message}");
            }
        }

        await TakeAsync(source, member, true, async (told, entries, token) =>
        {
            seen[member.Name] = told;
            var first = source.Inventory.ControlPlane.Select(node => seen.GetValueOrDefault(node.Name))
                .FirstOrDefault(each => each is not null);
            if (told.Snapshot is not { } snapshot || !System.Version.TryParse(told["etcd"], out var version))
                throw new NodeRefusal("it doesn't say which snapshot it took");
            if (first?["authority"] is null)
                missing.Add("the cluster's authority: no control plane has told of it");
            manifest = new BackupManifest(
                source.Cluster.Name, told["uid"] ?? "", at, source.Distribution, source.Commit, source.Kubernetes, member.Name,
                version, first?["authority"], first?["encryption"], snapshot, [.. seen.Keys.Order(StringComparer.Ordinal)],
                missing);
            await writer.AddAsync(BackupManifest.FileName, RecordJson.Write(manifest), token);
            await PassOnAsync(writer, member.Name, entries, token);
        }, cancellationToken);
        foreach (var node in others.Where(node => seen.ContainsKey(node.Name)))
        {
            await TakeAsync(
                source, node, false, (_, entries, token) => PassOnAsync(writer, node.Name, entries, token), cancellationToken);
        }

        await writer.AddFolderAsync(source.Cluster.Directory, "inventory", path =>
            path.StartsWith("artifacts/", StringComparison.Ordinal)
            || new FileInfo(Path.Combine(source.Cluster.Directory, path)).Length > LargestFile, cancellationToken);
        await writer.CompleteAsync(cancellationToken);
        return manifest!;
    }

    private static async Task PassOnAsync(
        BackupArchive.Writer writer, string node, TarReader entries, CancellationToken cancellationToken)
    {
        var folder = $"nodes/{node}/";
        while (await entries.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
        {
            var name = entry.Name == BackupArchive.Snapshot ? entry.Name : folder + entry.Name;
            await writer.AddAsync(entry, name, folder, cancellationToken);
        }
    }

    // Null for the entries: what the node says of itself is enough, and the rest is dropped.
    private async Task<Told> TakeAsync(
        BackupSource source, Node node, bool snapshot, Func<Told, TarReader, CancellationToken, Task>? take,
        CancellationToken cancellationToken)
    {
        Told? told = null;
        var places = source.Places;
        var paths = string.Join(' ', take is null ? ["/nonexistent"] : places.Saved);
        var script = $"{places.Settings}snapshot={(snapshot ? "yes" : "no")}\nconfig={ShellWords.Quote(places.Config)}\n"
            + $"paths={ShellWords.Quote(paths)}\n{Resource.Text("Lifecycle/take.sh")}";
        await streams.ReadAsync(node, script, async (stream, token) =>
        {
            await using var reader = new TarReader(stream, leaveOpen: true);
            if (await reader.GetNextEntryAsync(copyData: false, token) is not { Name: "told", DataStream: { } first })
                throw new NodeRefusal("it doesn't say what it has");
            told = Told.Read(await new StreamReader(first).ReadToEndAsync(token))
                ?? throw new NodeRefusal("what it says of itself breaks off");
            if (take is not null)
                await take(told, reader, token);
            await stream.CopyToAsync(Stream.Null, token);
        }, Limit, cancellationToken: cancellationToken);
        return told!;
    }
}
