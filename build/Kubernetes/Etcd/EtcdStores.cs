namespace KubeLab.Kubernetes;

/// <summary>Asks etcd's members for their stores, and says when one is full.</summary>
public static class EtcdStores
{
    /// <summary>How long etcdctl waits for an answer, in seconds: its own limits are 2 for a connection and 5 for an answer,
    /// which a busy machine misses.</summary>
    public static int AnswerSeconds => 10;

    /// <summary>etcdctl's options by which it waits as long.</summary>
    public static IReadOnlyList<string> Limits { get; } =
        [$"--dial-timeout={AnswerSeconds}s", $"--command-timeout={AnswerSeconds}s"];

    /// <summary>Where etcd stops to take writes where nothing else is set (etcd's documentation, "Storage size limit").</summary>
    public static long DefaultQuotaBytes => 2L * 1024 * 1024 * 1024;

    /// <summary>The share of it from which a store's size is worth a word.</summary>
    public static double NotableShare => 0.8;

    /// <summary>The share of it from which a store counts as full.</summary>
    public static double FullShare => 0.95;

    /// <summary>The way to etcd: its pod, where it is one; else the other one that is given.</summary>
    public static IEtcdClient? Client(IKubectl kubectl, IReadOnlyList<KubePod> systemPods, IEtcdClient? other) =>
        systemPods.FirstOrDefault(pod => pod.Labels.GetValueOrDefault("component") == "etcd" && pod.IsReady) is { } pod
            ? new PodEtcd(kubectl, pod) : other;

    /// <summary>What etcdctl says of all members' status, for <see cref="EtcdStatus.ReadList"/>.</summary>
    public static Task<KubectlResult> StatusAsync(IEtcdClient client, CancellationToken cancellationToken) =>
        client.RunAsync(["endpoint", "status", "--cluster", "-w", "json", .. Limits], cancellationToken);

    /// <summary>What they say; empty where they can't be asked.</summary>
    public static async Task<IReadOnlyList<EtcdStatus>> AskAsync(
        IKubectl kubectl, IReadOnlyList<KubePod> systemPods, IEtcdClient? other, CancellationToken cancellationToken) =>
        Client(kubectl, systemPods, other) is { } client
            ? EtcdStatus.ReadList((await StatusAsync(client, cancellationToken)).Output)
            : [];
}
