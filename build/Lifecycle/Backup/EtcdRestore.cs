using KubeLab.Distributions;
using KubeLab.Ssh;

namespace KubeLab.Lifecycle;

/// <summary>
/// Brings a backup of etcd back to all members: everything is made ready beside what lives, then the API servers and etcd stop,
/// the data changes places, and they start again. Every step may be done twice, so a run that was killed goes on where it was,
/// or back.
/// </summary>
/// <param name="onStep">Is told what is done next.</param>
public sealed class EtcdRestore(
    NodeStreams streams, CommandRunner commands, BackupSource source, TimeProvider time, Action<string> onStep)
{
    private readonly RestoreNodes nodes = new(streams, source);

    private Inventory Inventory => source.Inventory;

    private string StateFile => RestoreState.FileOf(source.Cluster);

    private IReadOnlyList<Node> All => [.. Inventory.EtcdMembers.Concat(Inventory.ControlPlane).DistinctBy(node => node.Name)];

    /// <summary>Finds the backup that is meant.</summary>
    /// <param name="given">The file; null for the latest.</param>
    /// <exception cref="UserError">There is none.</exception>
    public static string Find(Cluster cluster, string? given)
    {
        if (given is not null)
            return Path.GetFullPath(given);
        var folder = BackupStore.FolderOf(cluster);
        return BackupStore.All(folder) is [var latest, ..] ? latest : throw new UserError(
            $"There is no backup of the cluster {cluster.Name} in {folder}.", "Name one: --backup FILE. Nothing was changed.");
    }

    /// <summary>Restores a backup, or goes on with the restore of it that was interrupted.</summary>
    /// <exception cref="UserError">It is refused, or a node does not do its part; the error says how to go on and
    /// back.</exception>
    public async Task<RestoreReport> RunAsync(string file, CancellationToken cancellationToken = default)
    {
        var state = RecordJson.Recall<RestoreState>(StateFile);
        if (state is not null && state.File != file)
            throw new UserError(
                $"A restore of {state.File} was interrupted on this cluster.",
                $"Go on with it (--backup {ShellWords.Quote(state.File)}) or go back (--back). Nothing was changed.");
        onStep("Reading the backup to its end");
        var manifest = await BackupArchive.ReadAsync(
            commands, file, source.Cluster.Settings.Backup.Identity, cancellationToken: cancellationToken);
        var told = await SurveyAsync(state?.Stamp ?? "none", cancellationToken);
        if (state is null)
            state = await JudgeAsync(file, manifest, told, cancellationToken);
        else if (state.Sha256 != manifest.Snapshot.Sha256)
            throw new UserError($"{file} is another backup than the one whose restore was interrupted.", "Go back: --back.");
        return await GuardedAsync(() => WorkAsync(file, manifest, state, told, cancellationToken));
    }

    /// <summary>Undoes the restore that was interrupted or failed: what was there before is put back.</summary>
    /// <exception cref="UserError">None was begun, or a node does not do its part.</exception>
    public async Task GoBackAsync(CancellationToken cancellationToken = default)
    {
        var state = RecordJson.Recall<RestoreState>(StateFile) ?? throw new UserError(
            $"No restore of etcd is begun on the cluster {source.Cluster.Name}.",
            "There is nothing to go back from. Nothing was changed.");
        var told = await SurveyAsync(state.Stamp, cancellationToken);
        await GuardedAsync(async () =>
        {
            await OnAllAsync("Stopping the API servers", Inventory.ControlPlane, "stop-api", state, told, cancellationToken);
            await OnAllAsync("Stopping etcd", Inventory.EtcdMembers, "stop-etcd", state, told, cancellationToken);
            await OnAllAsync("Putting back what was there", Inventory.EtcdMembers, "swap-back", state, told, cancellationToken);
            await StartAsync(state, told, null, cancellationToken);
            return true;
        });
        File.Delete(StateFile);
    }

    private async Task<RestoreReport> WorkAsync(
        string file, BackupManifest manifest, RestoreState state, IReadOnlyDictionary<string, Told> told,
        CancellationToken cancellationToken)
    {
        onStep("Bringing the snapshot to the members");
        // Each by itself, as each gets it anew from the file.
        foreach (var node in Inventory.EtcdMembers)
            await StageAsync(node, file, state, told, cancellationToken);
        await OnAllAsync("Stopping the API servers", Inventory.ControlPlane, "stop-api", state, told, cancellationToken);
        await OnAllAsync("Stopping etcd", Inventory.EtcdMembers, "stop-etcd", state, told, cancellationToken);
        await OnAllAsync("Setting aside what is there", Inventory.EtcdMembers, "swap", state, told, cancellationToken);
        RestoreReport? report = null;
        await StartAsync(state, told, async () =>
        {
            var now = await nodes.AskAsync(Inventory.EtcdMembers[0], state.Stamp, told, cancellationToken);
            if (now["uid"] != (manifest.Uid.Length > 0 ? manifest.Uid : null))
                throw new NodeRefusal(
                    $"what was restored is of another cluster ({now["uid"]}) than its backup says ({manifest.Uid})");
            var after = await nodes.KeysAsync(Inventory.EtcdMembers[0], state.Stamp, told, cancellationToken);
            report = RestoreReport.Of(
                file, manifest, state, now.Number("revision") ?? 0, state.Keys, after,
                [.. Inventory.EtcdMembers.Select(node =>
                    $"{told[node.Name]["data"]}/kubelab-before-{state.Stamp} on {node.Name}")]);
        }, cancellationToken);
        File.Delete(StateFile);
        return report!;
    }

    private async Task StartAsync(
        RestoreState state, IReadOnlyDictionary<string, Told> told, Func<Task>? look, CancellationToken cancellationToken)
    {
        await OnAllAsync("Starting etcd", Inventory.EtcdMembers, "start-etcd", state, told, cancellationToken);
        await OnAllAsync("Waiting for etcd", Inventory.EtcdMembers, "await-etcd", state, told, cancellationToken);
        // Before anybody writes into it.
        if (look is not null)
            await look();
        await OnAllAsync("Starting the API servers", Inventory.ControlPlane, "start-api", state, told, cancellationToken);
        await OnAllAsync("Waiting for the API servers", Inventory.ControlPlane, "await-api", state, told, cancellationToken);
        await OnAllAsync(
            "Starting the kubelets anew", [.. Inventory.Nodes.DistinctBy(node => node.Name)], "restart", state, told,
            cancellationToken);
    }

    private async Task<RestoreState> JudgeAsync(
        string file, BackupManifest manifest, IReadOnlyDictionary<string, Told> told, CancellationToken cancellationToken)
    {
        RestoreGuard.Judge(file, manifest, source, told);
        var bumps = Inventory.EtcdMembers.All(node => told[node.Name]["bumps"] is not null);
        var answering = Inventory.EtcdMembers.FirstOrDefault(node => told[node.Name].Number("revision") is not null);
        var stamp = time.GetUtcNow().UtcDateTime.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        var state = new RestoreState(
            stamp, file, manifest.Snapshot.Sha256, bumps, answering is null ? null : told[answering.Name].Number("revision"),
            answering is null ? null : await nodes.KeysAsync(answering, "none", told, cancellationToken));
        Aside.Write(StateFile, RecordJson.Write(state), UnixFile.Private);
        return state;
    }

    private async Task StageAsync(
        Node node, string file, RestoreState state, IReadOnlyDictionary<string, Told> told, CancellationToken cancellationToken)
    {
        var folder = await nodes.MakeFolderAsync(node, "kubelab-restore", cancellationToken);
        var upload = $"{folder}/{BackupArchive.Snapshot}";
        await BackupArchive.ReadAsync(commands, file, source.Cluster.Settings.Backup.Identity, async (name, stream, token) =>
        {
            if (name == BackupArchive.Snapshot)
                await nodes.WriteAsync(node, upload, stream.CopyToAsync, token);
        }, cancellationToken);
        var members = string.Join(',', Inventory.EtcdMembers.SelectMany(member =>
            told[member.Name]["peers"]!.Split(',').Select(peer => $"{told[member.Name]["name"]}={peer}")));
        var bump = state.Bumps ? "yes" : "no";
        await nodes.StepAsync(node, "stage", state.Stamp,
            $"upload={ShellWords.Quote(upload)}\nsha256={state.Sha256}\nmembers={ShellWords.Quote(members)}\nbump={bump}\n",
            told, cancellationToken);
    }

    // All at once: members of etcd wait for each other.
    private async Task OnAllAsync(
        string what, IReadOnlyList<Node> on, string step, RestoreState state, IReadOnlyDictionary<string, Told> told,
        CancellationToken cancellationToken)
    {
        onStep(what);
        await Task.WhenAll(on.Select(node => nodes.StepAsync(node, step, state.Stamp, null, told, cancellationToken)));
    }

    private async Task<IReadOnlyDictionary<string, Told>> SurveyAsync(string stamp, CancellationToken cancellationToken)
    {
        onStep("Asking the nodes");
        var (told, silent) = await nodes.SurveyAsync(All, stamp, cancellationToken);
        if (silent.Count > 0)
            throw new UserError(
                $"Every member of etcd and every control plane has to take part, and not all of them answer:\n{string.Join('\n', silent.Select(each => $"  {each}"))}",
                "Bring them back, or take those that are lost out of the inventory. Nothing was changed.");
        return told;
    }

    private static async Task<T> GuardedAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (NodeRefusal refusal)
        {
            throw new UserError(
                $"The restore has stopped. {refusal.Message}",
                "Mend that, then run the same again: it goes on where it stopped. Or go back to what was there: RestoreEtcd with --back. What was there is kept on each member until you remove it.",
                refusal);
        }
    }
}

/// <summary>What a restore of etcd is refused for, before anything is changed.</summary>
public static class RestoreGuard
{
    private const long Reserve = 256 * 1024;

    /// <summary>Judges it.</summary>
    /// <param name="told">What each node says of itself.</param>
    /// <exception cref="UserError">It is refused; the error says why.</exception>
    internal static void Judge(string file, BackupManifest manifest, BackupSource source, IReadOnlyDictionary<string, Told> told)
    {
        RequireOfCluster(file, manifest, source, told);
        foreach (var node in source.Inventory.EtcdMembers)
            RequireMember(file, manifest, node, told[node.Name]);
    }

    /// <summary>Judges whether it is a backup of this cluster that this cluster could read, by the nodes that answer.</summary>
    /// <exception cref="UserError">It is not.</exception>
    internal static void RequireOfCluster(
        string file, BackupManifest manifest, BackupSource source, IReadOnlyDictionary<string, Told> told)
    {
        RequireSameCluster(file, manifest, source, told);
        if (manifest.Kubernetes is { } then && source.Kubernetes is { } now
            && KubernetesVersions.Parse(then) is { } old && KubernetesVersions.Parse(now) is { } today
            && (old.Major, old.Minor).CompareTo((today.Major, today.Minor)) > 0)
            throw new UserError(
                $"{file} is of Kubernetes {then}, and the inventory asks for {now}, which can't read all that a newer one wrote.",
                "Bring the cluster to that version first, or take an older backup. Nothing was changed.");
    }

    private static void RequireSameCluster(
        string file, BackupManifest manifest, BackupSource source, IReadOnlyDictionary<string, Told> told)
    {
        var uids = told.Values.Select(each => each["uid"]).OfType<string>().Distinct().ToList();
        if (uids.FirstOrDefault(uid => uid != manifest.Uid) is { } other)
            throw new UserError(
                $"{file} is a backup of another cluster: kube-system has the UID {manifest.Uid} in it, and {other} here (the cluster {manifest.Cluster}, {manifest.At:yyyy-MM-dd HH:mm} UTC).",
                "Name a backup of this one: --backup FILE. Nothing was changed.");
        var controlPlane = source.Inventory.ControlPlane.FirstOrDefault(node => told.ContainsKey(node.Name));
        var first = controlPlane is null ? null : told[controlPlane.Name];
        var authority = first?["authority"];
        if (authority is not null && manifest.Authority is not null && authority != manifest.Authority)
            throw new UserError(
                $"{file} is a backup of a cluster with another authority than the one in {source.Places.Config} of {controlPlane!.Name}: its service accounts would be strangers here.",
                "Name a backup of this cluster, or put the certificates of the backup back first (nodes/ in it). Nothing was changed.");
        if (uids.Count == 0 && (authority is null || manifest.Authority is null))
            throw new UserError(
                "Whose cluster this is can't be told: etcd doesn't answer, and no control plane has the certificate of an authority.",
                "Put the certificates of the backup back first (nodes/ in it). Nothing was changed.");
        if (first is not null && first["encryption"] != manifest.Encryption)
            throw new UserError(
                $"The API server's encryption configuration is another one than in {file}, so its Secrets could not be read.",
                "Put the one of the backup back first (nodes/ in it), or take a backup from after it was changed. Nothing was changed.");
    }

    private static void RequireMember(string file, BackupManifest manifest, Node node, Told told)
    {
        RequireEtcd(file, manifest, node, told);
        if (told["name"] is null || told["peers"] is null)
            throw new UserError(
                $"{node.Name} doesn't say its name in etcd and its peer URL (/etc/etcd.env, /etc/default/etcd).",
                "Run InstallCluster, which writes them. Nothing was changed.");
        var snapshot = manifest.Snapshot.Size / 1024;
        if ((told.Number("free") ?? 0) < (2 * snapshot) + Reserve || (told.Number("room") ?? 0) < (2 * snapshot) + Reserve)
            throw new UserError(
                $"{node.Name} has {Megabytes(told.Number("free"))} MB free where etcd's data lies and {Megabytes(told.Number("room"))} MB in /var/tmp, and needs {Megabytes((2 * snapshot) + Reserve)} MB: what is there is kept.",
                "Free some space. Nothing was changed.");
    }

    /// <summary>Makes sure that a node's programs of etcd read the backup.</summary>
    /// <exception cref="UserError">They don't.</exception>
    internal static void RequireEtcd(string file, BackupManifest manifest, Node node, Told told)
    {
        if (told["tool"] is null)
            throw new UserError(
                $"{node.Name} has neither etcdutl nor an etcdctl that restores snapshots (etcd 3.6 only has it in etcdutl).",
                "Put etcdutl of the archive of its etcd there. Nothing was changed.");
        if (!System.Version.TryParse(told["etcd"], out var version)
            || (manifest.Etcd.Major, manifest.Etcd.Minor).CompareTo((version.Major, version.Minor)) > 0)
            throw new UserError(
                $"{file} is of etcd {manifest.Etcd}, and {node.Name} has etcd {told["etcd"] ?? "of a version that it doesn't say"}, which can't read what a newer one wrote.",
                "Bring etcd to that version first, or take an older backup. Nothing was changed.");
    }

    private static long Megabytes(long? kilobytes) => (kilobytes ?? 0) / 1024;
}
