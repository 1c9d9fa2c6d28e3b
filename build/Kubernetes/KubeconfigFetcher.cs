using System.Net.Sockets;
using KubeLab.Ssh;

namespace KubeLab.Kubernetes;

/// <summary>Brings the administrator's kubeconfig from a control plane node, with a server that the control machine can reach: on
/// the node it often names the loopback or a private address (Kubespray issues 6854, 4700 and 5744).</summary>
/// <param name="become">Becomes the user that may read it there.</param>
public sealed class KubeconfigFetcher(INodeShell shell, NodeBecome become, string kubeconfig, ConsoleLog log)
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan PreferenceLimit = TimeSpan.FromSeconds(3);

    /// <summary>Fetches the kubeconfig and writes it with mode 0600.</summary>
    /// <exception cref="UserError">No control plane node has one that can be read.</exception>
    public async Task FetchAsync(Cluster cluster, Inventory inventory, CancellationToken cancellationToken = default)
    {
        var problems = new List<string>();
        foreach (var node in inventory.ControlPlane)
        {
            var result = await shell.RunAsync(
                node, become.Script(node, $"cat {ShellWords.Quote(kubeconfig)}"), cancellationToken);
            if (result.Succeeded)
            {
                await WriteAsync(cluster, node, result.Output, cancellationToken);
                return;
            }

            problems.Add($"{node.Name}: {result.Failure?.Message ?? result.Error.Trim().Split('\n')[^1]}");
        }

        throw new UserError(
            $"No control plane node gives its kubeconfig:\n{string.Join('\n', problems.Select(problem => $"  {problem}"))}",
            "Run InstallCluster first. As Ansible does it, sudo has to work there without a prompt, or become.password_file has to be set.");
    }

    private async Task WriteAsync(Cluster cluster, Node node, string yaml, CancellationToken cancellationToken)
    {
        ForeignKubeconfig.Check(yaml, $"{kubeconfig} on {node.Name}");
        var server = Kubeconfig.ServerOf(yaml, $"{kubeconfig} on {node.Name}");
        var reachable = await ReachableAsync(server, node, cancellationToken);
        if (reachable is null)
            log.Warning($"Nothing answers at {server} from here; the kubeconfig keeps it all the same.");
        Aside.Write(cluster.KubeconfigFile, Kubeconfig.WithServer(yaml, server, reachable ?? server), UnixFile.Private);
        log.Done($"{cluster.KubeconfigFile}, server {(reachable ?? server).OriginalString.TrimEnd('/')} (from {node.Name})");
    }

    private static async Task<Uri?> ReachableAsync(Uri server, Node node, CancellationToken cancellationToken)
    {
        var isLoopback = server.IsLoopback || (IPAddress.TryParse(server.Host, out var address) && IPAddress.IsLoopback(address));
        IEnumerable<string> hosts = isLoopback
            ? [node.AccessAddress, node.Address]
            : [server.Host, node.AccessAddress, node.Address];
        var host = await FirstToAnswerAsync([.. hosts.Distinct()], server.Port, cancellationToken);
        if (host is null)
            return null;
        return host == server.Host ? server : new UriBuilder(server.Scheme, host, server.Port).Uri;
    }

    // All are tried at once: a busy node answers late, and an address that leads nowhere shall not hold up one that answers.
    // Once one has answered, those before it in the list have a little longer.
    private static async Task<string?> FirstToAnswerAsync(
        IReadOnlyList<string> hosts, int port, CancellationToken cancellationToken)
    {
        var tries = hosts.Select(host => (Host: host, Answers: AnswersAsync(host, port, cancellationToken))).ToList();
        await foreach (var answers in Task.WhenEach(tries.Select(one => one.Answers)))
        {
            if (!await answers)
                continue;
            var preferred = tries.TakeWhile(one => one.Answers != answers).Select(one => one.Answers);
            await Task.WhenAny(Task.WhenAll(preferred), Task.Delay(PreferenceLimit, cancellationToken));
            break;
        }

        foreach (var (host, answers) in tries.Where(one => one.Answers.IsCompletedSuccessfully))
        {
            if (await answers)
                return host;
        }

        return null;
    }

    private static async Task<bool> AnswersAsync(string host, int port, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ConnectLimit);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(host, port, limit.Token);
            return true;
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return false;
        }
    }
}
