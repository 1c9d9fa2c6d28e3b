using KubeLab.Clusters;
using KubeLab.Ssh;

namespace KubeLab.Diagnosis;

/// <summary>Collects what a node itself knows of its failure: the kubelet's journal and the logs of its containers.</summary>
/// <param name="become">Becomes the user that may read them.</param>
public sealed class NodeLogs(INodeShell shell, NodeBecome become)
{
    private const string Script = """
        echo '== kubelet'
        systemctl is-active kubelet containerd crio docker etcd 2>/dev/null | paste -s -d ' ' -
        journalctl --unit kubelet --no-pager --lines 200 --output cat 2>/dev/null
        echo '== container runtime'
        journalctl --unit containerd --unit crio --unit docker --no-pager --lines 60 --output cat 2>/dev/null
        echo '== containers'
        for log in /var/log/pods/kube-system_*/*/*.log; do
            [ -e "$log" ] && echo "-- $log" && tail -n 20 "$log"
        done
        exit 0
        """;

    /// <summary>Reads the logs of a node.</summary>
    /// <returns>The logs, or null where the node can't be reached or gives nothing.</returns>
    public async Task<string?> CollectAsync(Node node, CancellationToken cancellationToken = default)
    {
        var read = become.Script(node, Script) with { Timeout = TimeSpan.FromSeconds(30), MaxOutput = 512 * 1024 };
        var result = await shell.RunAsync(node, read, cancellationToken);
        return result.Succeeded && result.Output.Length > 0 ? result.Output : null;
    }
}
