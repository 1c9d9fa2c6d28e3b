using System.Formats.Tar;

namespace KubeLab.Lifecycle;

/// <summary>
/// Proves a backup without touching the cluster: etcd and an API server are started from it in a folder and a network of their
/// own on a control plane, with the programs that run there, and are asked what they hold. Then all of it is gone.
/// </summary>
/// <param name="onStep">Is told what is done next.</param>
public sealed class EtcdDrill(
    NodeStreams streams, CommandRunner commands, BackupSource source, TimeProvider time, Action<string> onStep)
{
    private static readonly long LatestSecond = DateTimeOffset.MaxValue.ToUnixTimeSeconds();
    private readonly RestoreNodes nodes = new(streams, source);

    private Inventory Inventory => source.Inventory;

    /// <summary>Drills the restore of a backup.</summary>
    /// <exception cref="UserError">It is refused as a restore of it would be, no control plane can hold the drill, or etcd or the
    /// API server don't come up from it.</exception>
    public async Task<DrillReport> RunAsync(string file, CancellationToken cancellationToken = default)
    {
        onStep("Reading the backup to its end");
        var manifest = await BackupArchive.ReadAsync(
            commands, file, source.Cluster.Settings.Backup.Identity, cancellationToken: cancellationToken);
        onStep("Asking the nodes");
        var (told, silent) = await nodes.SurveyAsync(
            [.. Inventory.ControlPlane.Concat(Inventory.EtcdMembers).DistinctBy(node => node.Name)], "none", cancellationToken);
        if (told.Count > 0)
            RestoreGuard.RequireOfCluster(file, manifest, source, told);
        var started = time.GetTimestamp();
        var (node, looked) = await ChooseAsync(file, manifest, told, silent, cancellationToken);
        var offset = looked.Number("now") is { } seconds && seconds <= LatestSecond
            ? DateTimeOffset.FromUnixTimeSeconds(seconds) - time.GetUtcNow() : (TimeSpan?)null;
        try
        {
            onStep($"Bringing the backup to {node.Name}");
            var folder = await BringAsync(node, file, manifest, cancellationToken);
            onStep($"Starting etcd and an API server from it on {node.Name}");
            var said = await StepAsync(node, "run", manifest, folder, cancellationToken);
            var drilled = Told.Read(said) ?? throw new NodeRefusal($"{node.Name}: what it says of the drill breaks off");
            var isGone = Told.Read(await StepAsync(node, "gone", manifest, folder, cancellationToken))?["gone"] is not null;
            return DrillReport.Of(
                file, manifest, node.Name, looked, drilled, said.Split('\n'), await LivingAsync(told, cancellationToken), offset,
                time.GetElapsedTime(started), isGone);
        }
        catch (NodeRefusal refusal)
        {
            throw new UserError(
                $"{file} is not proven. {refusal.Message}",
                "Mend what the message says; where it is the backup itself, take another, and drill an older one (--backup FILE). The cluster was not touched; what a drill leaves in /var/tmp that is cut off, the next one removes.",
                refusal);
        }
    }

    // The first control plane that has the programs, and room and memory to spare.
    private async Task<(Node Node, Told Looked)> ChooseAsync(
        string file, BackupManifest manifest, IReadOnlyDictionary<string, Told> told, IReadOnlyList<string> silent,
        CancellationToken cancellationToken)
    {
        List<string> refused = [.. silent];
        foreach (var node in Inventory.ControlPlane.Where(node => told.ContainsKey(node.Name)))
        {
            try
            {
                RestoreGuard.RequireEtcd(file, manifest, node, told[node.Name]);
                var looked = Told.Read(await StepAsync(node, "look", manifest, null, cancellationToken));
                return (node, looked ?? throw new NodeRefusal($"{node.Name}: what it says of itself breaks off"));
            }
            catch (NodeRefusal refusal)
            {
                refused.Add(refusal.Message);
            }
            catch (UserError error)
            {
                refused.Add(error.Problem);
            }
        }

        throw new UserError(
            $"No control plane can hold a drill:\n{string.Join('\n', refused.Select(each => $"  {each}"))}",
            "It needs one that answers, runs an API server, and has etcd's programs, room and memory. Nothing was changed.");
    }

    // The snapshot, and what a control plane had then.
    private async Task<string> BringAsync(Node node, string file, BackupManifest manifest, CancellationToken cancellationToken)
    {
        var from = Inventory.ControlPlane.Select(each => each.Name).FirstOrDefault(manifest.Nodes.Contains)
            ?? throw new NodeRefusal(
                $"the backup has no control plane's certificates and configuration: {string.Join("; ", manifest.Missing)}");
        var folderThen = $"nodes/{from}/";
        var folder = await nodes.MakeFolderAsync(node, "kubelab-drill", cancellationToken);
        try
        {
            await nodes.WriteAsync(node, $"{folder}/backup.tar", async (stream, token) =>
            {
                await using var tar = new TarWriter(stream, TarEntryFormat.Pax, leaveOpen: true);
                await BackupArchive.ReadAsync(commands, file, source.Cluster.Settings.Backup.Identity, async (name, data, each) =>
                {
                    var path = name == BackupArchive.Snapshot ? name
                        : name.StartsWith(folderThen, StringComparison.Ordinal) ? name[folderThen.Length..] : null;
                    if (path is not null)
                        await tar.WriteEntryAsync(
                            new PaxTarEntry(TarEntryType.RegularFile, path) { DataStream = data, Mode = UnixFile.Private }, each);
                }, token);
            }, cancellationToken);
            return folder;
        }
        catch
        {
            await TryRemoveAsync(node, folder);
            throw;
        }
    }

    private async Task TryRemoveAsync(Node node, string folder)
    {
        try
        {
            await nodes.TextAsync(node, $"rm -rf {ShellWords.Quote(folder)}\n", true, CancellationToken.None);
        }
        catch (NodeRefusal)
        {
            // What failed before says why; the next drill removes it.
        }
    }

    // What the cluster has now; null where no member tells.
    private async Task<IReadOnlyList<string>?> LivingAsync(
        IReadOnlyDictionary<string, Told> told, CancellationToken cancellationToken)
    {
        var member = Inventory.EtcdMembers
            .FirstOrDefault(node => told.GetValueOrDefault(node.Name)?.Number("revision") is not null);
        return member is null ? null : await nodes.KeysAsync(member, "none", told, cancellationToken);
    }

    private Task<string> StepAsync(
        Node node, string step, BackupManifest manifest, string? folder, CancellationToken cancellationToken)
    {
        var places = source.Places;
        var script = $"step={step}\nconfig={ShellWords.Quote(places.Config)}\nprograms={ShellWords.Quote(places.Programs)}\n"
            + $"kilobytes={manifest.Snapshot.Size / 1024}\nsha256={manifest.Snapshot.Sha256}\n"
            + $"folder={ShellWords.Quote(folder ?? "")}\n{Resource.Text("Lifecycle/drill.sh")}";
        return nodes.TextAsync(node, script, false, cancellationToken);
    }
}
