using KubeLab.Ssh;

namespace KubeLab.Kubernetes;

/// <summary>Asks etcd's members for their metrics.</summary>
public interface IEtcdMetrics
{
    /// <summary>What each member says, by its node; empty where it says nothing.</summary>
    Task<IReadOnlyList<(string Node, string Text)>> ReadAsync(CancellationToken cancellationToken = default);
}

/// <summary>The metrics of members on nodes that can be reached, each with etcd's own certificates, as root.</summary>
public sealed class NodeEtcdMetrics(INodeShell shell, IReadOnlyList<Node> members, NodeBecome become) : IEtcdMetrics
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    // Of all that etcd counts, only how long a write to disk takes. kubeadm's members tell it without certificates on a port of
    // the node itself.
    private const string Ask =
        """
        {
          curl -sf -m 5 http://127.0.0.1:2381/metrics ||
          curl -sf -m 5 --cacert "$ETCDCTL_CACERT" --cert "$ETCDCTL_CERT" --key "$ETCDCTL_KEY" https://127.0.0.1:2379/metrics ||
          python3 -c 'import os, ssl, urllib.request as request
        context = ssl.create_default_context(cafile=os.environ["ETCDCTL_CACERT"])
        context.load_cert_chain(os.environ["ETCDCTL_CERT"], os.environ["ETCDCTL_KEY"])
        print(request.urlopen("https://127.0.0.1:2379/metrics", timeout=5, context=context).read().decode())'
        } 2> /dev/null | grep '^etcd_disk_wal_fsync_duration_seconds_bucket'
        """;

    public async Task<IReadOnlyList<(string Node, string Text)>> ReadAsync(CancellationToken cancellationToken = default) =>
        await Task.WhenAll(members.Select(async node => (node.Name, (await shell.RunAsync(
            node, become.Script(node, $"{NodeEtcd.Settings}{Ask}\n") with { Timeout = Limit }, cancellationToken)).Output)));
}

/// <summary>How long etcd's writes to its disk take.</summary>
public static partial class EtcdFsync
{
    private const double Share = 0.99;

    /// <summary>The time in which 99 of 100 writes were on disk, since the member was started; null where the metrics don't
    /// tell.</summary>
    public static TimeSpan? Read(string metrics)
    {
        var buckets = Bucket().Matches(metrics).Cast<Match>()
            .Select(match => (
                Up: match.Groups["le"].Value == "+Inf" ? double.PositiveInfinity : Number(match.Groups["le"].Value),
                Count: Number(match.Groups["count"].Value)))
            .OrderBy(bucket => bucket.Up).DistinctBy(bucket => bucket.Up).ToList();
        // Without the last one, which counts all, they did not come whole.
        if (buckets is [] || !double.IsPositiveInfinity(buckets[^1].Up) || buckets[^1].Count <= 0)
            return null;
        var up = buckets.First(bucket => bucket.Count >= buckets[^1].Count * Share).Up;
        return double.IsPositiveInfinity(up) ? TimeSpan.FromSeconds(buckets.Count > 1 ? buckets[^2].Up : 0)
            : TimeSpan.FromSeconds(up);
    }

    private static double Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number is >= 0 and < 1e9
            ? number : 0;

    [GeneratedRegex("""^etcd_disk_wal_fsync_duration_seconds_bucket\{le="(?<le>[0-9.e+-]+|\+Inf)"\} (?<count>[0-9.e+]+)""",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Bucket();
}
