using KubeLab.Clusters;
using KubeLab.Ssh;

namespace KubeLab.Kubernetes;

/// <summary>The <c>etcdctl</c> of nodes on which etcd runs as a service, over SSH and as root: the first node that answers.</summary>
public sealed class NodeEtcd(INodeShell shell, IReadOnlyList<Node> members, NodeBecome become) : IEtcdClient
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    // Kubespray writes etcdctl's settings to /etc/etcd.env; Debian's service reads the server's from /etc/default/etcd, whose
    // certificate serves as the client's too, as members are clients of each other.
    private const string Settings =
        """
        set -a
        for file in /etc/etcd.env /etc/default/etcd; do
          if [ -r "$file" ]; then . "$file"; fi
        done
        ETCDCTL_API=3
        ETCDCTL_ENDPOINTS=https://127.0.0.1:2379
        ETCDCTL_CACERT=${ETCDCTL_CACERT:-${ETCDCTL_CA_FILE:-$ETCD_TRUSTED_CA_FILE}}
        ETCDCTL_CERT=${ETCDCTL_CERT:-$ETCD_CERT_FILE}
        ETCDCTL_KEY=${ETCDCTL_KEY:-$ETCD_KEY_FILE}
        PATH=$PATH:/usr/local/bin

        """;

    public async Task<KubectlResult> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken = default)
    {
        var line = $"etcdctl {string.Join(' ', arguments.Select(ShellWords.Quote))}";
        KubectlResult? last = null;
        foreach (var node in members)
        {
            var command = become.Script(node, $"{Settings}exec {line} </dev/null\n") with { Timeout = Limit };
            var result = await shell.RunAsync(node, command, cancellationToken);
            last = new KubectlResult(
                $"{line} on {node.Name}", result.ExitCode, result.Output, result.Failure?.Message ?? result.Error, result.Duration)
            { TimedOut = result.Failure?.Reason == SshFailureReason.CommandTimedOut };
            // Also a failing etcdctl has an answer, where a member that it asked doesn't answer.
            if (result.Failure is null && result.Output.Length > 0)
                return last;
        }

        return last ?? new KubectlResult(line, -1, "", "no node with a member of etcd is known", TimeSpan.Zero);
    }
}
