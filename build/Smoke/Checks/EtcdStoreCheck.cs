using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>etcd's stores have room, and its disks write in time: what is full takes no writes, and what is slow loses its
/// leader.</summary>
public sealed class EtcdStoreCheck : ISmokeCheck
{
    // etcd's documentation, "Disks": 10 ms; with elections after 1 s, a second breaks it.
    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan TooSlow = TimeSpan.FromSeconds(1);

    public string Id => "etcd-store";
    public string Title => "etcd's store has room and its disk writes in time";
    public SmokeArea Area => SmokeArea.ControlPlane;
    public string Needs => "etcd in pods, or SSH to its nodes";

    public async Task<SmokeVerdict> RunAsync(SmokeContext context, CancellationToken cancellationToken)
    {
        var stores = await EtcdStores.AskAsync(
            context.Kubectl, await context.SystemPodsAsync(), context.Etcd, cancellationToken);
        var metrics = context.EtcdMetrics is { } asked ? await asked.ReadAsync(cancellationToken) : [];
        return Judge(stores, [.. metrics.Select(each => (each.Node, EtcdFsync.Read(each.Text)))]);
    }

    /// <summary>Judges stores and disks.</summary>
    /// <param name="syncs">How long a write to disk takes, by node; null where it isn't told.</param>
    internal static SmokeVerdict Judge(
        IReadOnlyList<EtcdStatus> stores, IReadOnlyList<(string Node, TimeSpan? Slowest)> syncs)
    {
        if (stores.Count == 0)
            return SmokeVerdict.Skip("etcd can't be asked for its store: it is no pod, and there is no SSH to its nodes");
        List<Finding> findings = [.. stores.Select(Judge), .. syncs.Select(each => Judge(each.Node, each.Slowest))];
        var largest = stores.Max(store => store.SizeBytes) / 1024 / 1024;
        return SmokeVerdict.From($"{stores.Count} stores, the largest of {largest} MiB", findings);
    }

    private static Finding Judge(EtcdStatus store)
    {
        var share = (double)store.SizeBytes / EtcdStores.DefaultQuotaBytes;
        var size = $"the store of {store.Host} takes {store.SizeBytes / 1024 / 1024} MiB, {store.InUseBytes / 1024 / 1024} of it in use";
        // Who has set a larger quota has room; etcd itself raises an alarm where it has none, which etcd says.
        if (share >= EtcdStores.FullShare && share < 1)
            return Finding.Fail(null,
                $"{size}; at {EtcdStores.DefaultQuotaBytes / 1024 / 1024} it takes no more writes: etcdctl defrag, member by member");
        return share >= EtcdStores.NotableShare
            ? Finding.Warn(null, $"{size}: etcdctl defrag frees the rest, member by member") : Finding.Pass(null, size);
    }

    private static Finding Judge(string node, TimeSpan? slowest) => slowest switch
    {
        null => Finding.Skip(node, "how long etcd's writes to disk take isn't told"),
        { } time when time >= TooSlow =>
            Finding.Fail(node,
                $"1 of 100 writes of etcd to its disk takes {time.TotalMilliseconds:0} ms or longer: it loses its leader"),
        { } time when time > Slow =>
            Finding.Warn(node,
                $"1 of 100 writes of etcd to its disk takes {time.TotalMilliseconds:0} ms or longer; 10 ms are wanted"),
        { } time => Finding.Pass(node, $"99 of 100 writes of etcd to its disk take no more than {time.TotalMilliseconds:0} ms"),
    };
}
