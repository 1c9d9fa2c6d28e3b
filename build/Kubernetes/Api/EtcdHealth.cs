namespace KubeLab.Kubernetes;

/// <summary>What a member of etcd says of its store, as <c>etcdctl endpoint status --cluster -w json</c> shows it.</summary>
/// <param name="Host">The host of the endpoint that was asked.</param>
/// <param name="Version">etcd's own version; empty where it doesn't say.</param>
/// <param name="SizeBytes">What the store's file takes.</param>
/// <param name="InUseBytes">What of that is in use; the rest is freed by a defragmentation. 0 where it isn't told.</param>
public sealed record EtcdHealth(string Host, string Version, long SizeBytes, long InUseBytes)
{
    /// <summary>Where etcd stops to take writes where nothing else is set (etcd's documentation, "Storage size limit").</summary>
    public static long DefaultQuotaBytes => 2L * 1024 * 1024 * 1024;

    /// <summary>Reads the list; empty where the text is none. Members that don't answer are missing in it.</summary>
    public static IReadOnlyList<EtcdHealth> ReadList(string json) =>
        EtcdJson.Read(json) is { ValueKind: JsonValueKind.Array } root
            ? [.. root.EnumerateArray().Where(item => item.At("Status") is not null).Select(Read)]
            : [];

    private static EtcdHealth Read(JsonElement item) => new(
        Uri.TryCreate(item.Text("Endpoint"), UriKind.Absolute, out var url) ? url.Host : item.Text("Endpoint") ?? "",
        item.Text("Status", "version") ?? "",
        Bytes(item, "dbSize"), Bytes(item, "dbSizeInUse"));

    private static long Bytes(JsonElement item, string name) =>
        item.At("Status", name) is { ValueKind: JsonValueKind.Number } found && found.TryGetInt64(out var bytes) ? bytes : 0;
}

/// <summary>Asks etcd's members for their stores.</summary>
public static class EtcdStores
{
    // etcdctl's own limits are 2 s for a connection and 5 s for an answer, which a busy machine misses.
    private static readonly string[] Limits = ["--dial-timeout=10s", "--command-timeout=10s"];

    /// <summary>The way to etcd: its pod, where it is one; else the other one that is given.</summary>
    public static IEtcdClient? Client(IKubectl kubectl, IReadOnlyList<KubePod> systemPods, IEtcdClient? other) =>
        systemPods.FirstOrDefault(pod => pod.Labels.GetValueOrDefault("component") == "etcd" && pod.IsReady) is { } pod
            ? new PodEtcd(kubectl, pod) : other;

    /// <summary>What they say; empty where they can't be asked.</summary>
    public static async Task<IReadOnlyList<EtcdHealth>> AskAsync(
        IKubectl kubectl, IReadOnlyList<KubePod> systemPods, IEtcdClient? other, CancellationToken cancellationToken) =>
        Client(kubectl, systemPods, other) is { } client
            ? EtcdHealth.ReadList((await client.RunAsync(
                ["endpoint", "status", "--cluster", "-w", "json", .. Limits], cancellationToken)).Output)
            : [];
}
