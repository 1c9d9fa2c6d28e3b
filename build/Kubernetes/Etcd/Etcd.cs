using KubeLab.Ssh;

namespace KubeLab.Kubernetes;

/// <summary>A member of etcd, as <c>etcdctl member list -w json</c> shows it.</summary>
/// <param name="Name">Its name; empty for one that was added and never started.</param>
public sealed record EtcdMember(ulong Id, string Name, IReadOnlyList<string> Clients, bool IsLearner)
{
    /// <summary>The hosts of its client URLs.</summary>
    public IEnumerable<string> Hosts =>
        Clients.Select(client => Uri.TryCreate(client, UriKind.Absolute, out var url) ? url.Host : null).OfType<string>();

    /// <summary>The host of its first client URL; empty for none.</summary>
    public string Host => Hosts.FirstOrDefault("");

    /// <summary>Reads the list; empty where the text is none.</summary>
    public static IReadOnlyList<EtcdMember> ReadList(string json) =>
        EtcdJson.Read(json) is { } root ? [.. root.Items("members").Select(Read)] : [];

    private static EtcdMember Read(JsonElement member) => new(
        EtcdJson.Id(member, "ID"),
        member.Text("name") ?? "",
        [.. member.Items("clientURLs").Select(url => url.Said())],
        member.Flag("isLearner"));
}

/// <summary>What a member of etcd says of itself, as <c>etcdctl endpoint status --cluster -w json</c> shows it.</summary>
/// <param name="Leader">The id of the leader that it follows; 0 where it knows none.</param>
public sealed record EtcdStatus(ulong MemberId, ulong Leader, IReadOnlyList<string> Errors)
{
    /// <summary>The host of the endpoint that was asked; empty where it isn't told.</summary>
    public string Host { get; init; } = "";

    /// <summary>etcd's own version; empty where it doesn't say.</summary>
    public string Version { get; init; } = "";

    /// <summary>What the store's file takes; 0 where it isn't told.</summary>
    public long SizeBytes { get; init; }

    /// <summary>What of that is in use; the rest is freed by a defragmentation. 0 where it isn't told.</summary>
    public long InUseBytes { get; init; }

    /// <summary>Reads the list; empty where the text is none. Members that don't answer are missing in it.</summary>
    public static IReadOnlyList<EtcdStatus> ReadList(string json) =>
        EtcdJson.Read(json) is { ValueKind: JsonValueKind.Array } root
            ? [.. root.EnumerateArray().Select(item => item.At("Status") is { } status ? Read(item, status) : null)
                .OfType<EtcdStatus>()]
            : [];

    private static EtcdStatus Read(JsonElement item, JsonElement status) => new(
        status.At("header") is { } header ? EtcdJson.Id(header, "member_id") : 0,
        EtcdJson.Id(status, "leader"),
        [.. status.Items("errors").Select(error => error.Said().Trim())])
    {
        Host = Uri.TryCreate(item.Text("Endpoint"), UriKind.Absolute, out var url) ? url.Host : item.Text("Endpoint") ?? "",
        Version = status.Text("version") ?? "",
        SizeBytes = Bytes(status, "dbSize"),
        InUseBytes = Bytes(status, "dbSizeInUse"),
    };

    private static long Bytes(JsonElement status, string name) =>
        status.At(name) is { ValueKind: JsonValueKind.Number } found && found.TryGetInt64(out var bytes) ? bytes : 0;
}

/// <summary>Reads what <c>etcdctl -w json</c> prints.</summary>
internal static class EtcdJson
{
    /// <summary>The document, or null where the text is none.</summary>
    public static JsonElement? Read(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>An id of 64 bits without a sign; 0 where it is missing.</summary>
    public static ulong Id(JsonElement element, string name) =>
        element.At(name) is { ValueKind: JsonValueKind.Number } found && found.TryGetUInt64(out var id) ? id : 0;
}

/// <summary>Runs <c>etcdctl</c> where etcd can be reached with its own certificates.</summary>
public interface IEtcdClient
{
    /// <summary>Runs <c>etcdctl</c> once, reading only.</summary>
    /// <param name="arguments">Its arguments, without endpoints and certificates.</param>
    /// <returns>Its answer; a failing call is a result, not an exception.</returns>
    Task<KubectlResult> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken = default);
}

/// <summary>The <c>etcdctl</c> inside an etcd pod, with the certificates that its own command line names.</summary>
public sealed class PodEtcd(IKubectl kubectl, KubePod pod) : IEtcdClient
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public Task<KubectlResult> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken = default)
    {
        IReadOnlyList<string> command = [
            "exec", "--namespace", pod.Namespace, pod.Name, "--", "etcdctl",
            "--endpoints=https://127.0.0.1:2379",
            .. Option("cacert", "trusted-ca-file"),
            .. Option("cert", "cert-file"),
            .. Option("key", "key-file"),
            .. arguments,
        ];
        return kubectl.RunAsync(new KubectlCall(command) { Limit = Limit }, cancellationToken);
    }

    private IEnumerable<string> Option(string option, string flag) => pod.Command
        .Where(word => word.StartsWith($"--{flag}=", StringComparison.Ordinal))
        .Select(word => $"--{option}={word[(flag.Length + 3)..]}");
}

/// <summary>The <c>etcdctl</c> of nodes where etcd is a service, over SSH and as root: the first node that answers.</summary>
public sealed class NodeEtcd(INodeShell shell, IReadOnlyList<Node> members, NodeBecome become) : IEtcdClient
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>The lines of a script that give <c>etcdctl</c> its settings: Kubespray writes them to <c>/etc/etcd.env</c>;
    /// Debian's service reads the server's from <c>/etc/default/etcd</c>, whose certificate serves as the client's too, as
    /// members are clients of each other.</summary>
    public static string Settings =>
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
                $"{line} on {node.Name}", result.ExitCode, result.Output, result.Failure?.Message
                    ?? result.Error, result.Duration)
            { TimedOut = result.Failure?.Reason == SshFailureReason.CommandTimedOut };
            // Also a failing etcdctl has an answer, where a member that it asked doesn't answer.
            if (result.Failure is null && result.Output.Length > 0)
                return last;
        }

        return last ?? new KubectlResult(line, -1, "", "no node with a member of etcd is known", TimeSpan.Zero);
    }
}
