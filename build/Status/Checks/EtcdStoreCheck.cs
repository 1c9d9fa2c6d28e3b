using KubeLab.Distributions;
using KubeLab.Kubernetes;

namespace KubeLab.Status;

/// <summary>etcd's stores have room, each is of the version that the release brings, and there is a backup.</summary>
internal sealed class EtcdStoreCheck : IStatusCheck
{
    public string Id => "etcd-store";
    public string Title => "etcd is of the version that was asked for, and its store has room";
    public int Rank => 30;

    public Task<IReadOnlyList<Finding>> JudgeAsync(StatusScene scene, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Finding>>([.. Judge(scene)]);

    private static IEnumerable<Finding> Judge(StatusScene scene)
    {
        yield return scene.LastBackup is { } last
            ? Finding.Same($"etcd was last backed up on {last:yyyy-MM-dd HH:mm} UTC")
            : Finding.NotCompared(null, "no backup of etcd is recorded: ./build.sh BackupEtcd makes one");
        if (scene.Stores.Count == 0)
        {
            yield return Finding.NotCompared(null, "etcd's stores can't be asked");
            yield break;
        }

        var quota = Quota(scene);
        foreach (var store in scene.Stores)
        {
            var node = scene.Inventory.Nodes.FirstOrDefault(each => each.AccessAddress == store.Host || each.Address == store.Host
                || each.Name == store.Host)?.Name;
            var share = (double)store.SizeBytes / quota;
            var size = $"etcd's store takes {Mib(store.SizeBytes)} MiB of {Mib(quota)}, {Mib(store.InUseBytes)} of it in use";
            const string Remedy = "Defragment it, member by member: etcdctl defrag. A Deploy changes nothing about it.";
            if (share >= EtcdStores.FullShare)
                yield return Finding.Broken(node, size, Remedy);
            else if (share >= EtcdStores.NotableShare)
                yield return Finding.Drift(node, size, Remedy);
            else
                yield return Finding.Same($"{node ?? store.Host}: {size}");
            if (scene.Etcd is { } wanted && KubernetesVersions.Parse(store.Version) is { } found && found != wanted)
                yield return Finding.Drift(node, $"etcd is {found}, the release brings {wanted}",
                    "A Deploy would replace it, member by member.");
        }
    }

    private static long Quota(StatusScene scene) =>
        scene.Variable("etcd_quota_backend_bytes") is { } written
            && long.TryParse(written.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) && bytes > 0
            ? bytes : EtcdStores.DefaultQuotaBytes;

    private static long Mib(long bytes) => bytes / 1024 / 1024;
}
