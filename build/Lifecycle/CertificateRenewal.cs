using KubeLab.Ssh;

namespace KubeLab.Lifecycle;

/// <summary>Renews the certificates that kubeadm has made, one control plane at a time: the API servers of the others answer
/// meanwhile, and no pod is removed by force. Kubelets renew their own, and service accounts' keys stay as they are.</summary>
/// <param name="includesEtcd">Whether etcd's are renewed too, where kubeadm has made them.</param>
public sealed class CertificateRenewal(
    INodeShell shell, NodeBecome become, ConsoleLog log, TimeProvider time, bool includesEtcd = false)
{
    private const string Script = "Lifecycle/renew.sh";
    private const string Word = "kubelab ";

    // What the others wait for comes first.
    private static readonly string[] Components = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"];

    // The kubelet looks for manifests every 20 s, and gives a pod 30 s to end.
    private static readonly TimeSpan OfComponent = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan OfNode = TimeSpan.FromMinutes(20);

    /// <summary>The variable that has the API servers' port.</summary>
    public static string PortVariable => "kube_apiserver_port";

    /// <summary>The port where nothing else is set.</summary>
    public static int DefaultPort => 6443;

    /// <summary>The port of the API servers.</summary>
    public int ApiPort { get; init; } = DefaultPort;

    /// <summary>The components, in the order in which they are started anew.</summary>
    internal IReadOnlyList<string> Started { get; init; } = Components;

    /// <summary>What is put before every path on a node.</summary>
    internal string Root { get; init; } = "";

    /// <summary>Renews them all.</summary>
    /// <returns>What was done on each node, in order.</returns>
    /// <exception cref="UserError">A node can't be renewed, or has stopped half-way; those after it are as they were.</exception>
    public async Task<IReadOnlyList<RenewedNode>> RunAsync(
        IReadOnlyList<Node> controlPlanes, CancellationToken cancellationToken = default)
    {
        if (controlPlanes.Count == 0)
            throw new UserError("The inventory has no control plane.", "List one in kube_control_plane.");
        // Nothing is changed anywhere unless all can be.
        await Task.WhenAll(controlPlanes.Select(node => AskAsync(node, "judge", cancellationToken)));
        List<RenewedNode> done = [];
        foreach (var node in controlPlanes)
        {
            foreach (var other in controlPlanes.Where(other => other != node))
                await RequireReadyAsync(other, node, done, cancellationToken);
            var lines = await log.WatchAsync(
                $"Renewing on {node.Name}, and starting its control plane anew",
                    AskAsync(node, "renew", cancellationToken, done));
            done.Add(RenewedNode.Read(node.Name, lines));
            log.Done(done[^1].Summary);
        }

        return done;
    }

    private async Task RequireReadyAsync(
        Node other, Node next, IReadOnlyList<RenewedNode> done, CancellationToken cancellationToken)
    {
        try
        {
            await AskAsync(other, "ready", cancellationToken, done);
        }
        catch (UserError error)
        {
            throw new UserError(
                $"{error.Problem} Without it nobody would answer while that of {next.Name} is started anew, so {next.Name} is left as it is.",
                error.Remedy, error);
        }
    }

    private async Task<IReadOnlyList<string>> AskAsync(
        Node node, string mode, CancellationToken cancellationToken, IReadOnlyList<RenewedNode>? done = null)
    {
        var settings = new (string Name, string Value)[]
        {
            ("mode", mode), ("root", Root), ("etcd", includesEtcd ? "yes" : ""), ("components", string.Join(' ', Started)),
            ("stamp", $"kubelab-renewal-{time.GetUtcNow():yyyyMMddTHHmmssZ}"),
            ("server", Root.Length > 0 ? "" : $"https://{UrlHost.Of(node.AccessAddress)}:{ApiPort}"),
            ("seconds", $"{OfComponent.TotalSeconds:0}"),
        };
        var text = string.Concat(settings.Select(each => $"{each.Name}={ShellWords.Quote(each.Value)}\n"))
            + Resource.Text(Script);
        var result = await shell.RunAsync(node, become.Script(node, text) with { Timeout = OfNode }, cancellationToken);
        var lines = result.Output.Split('\n').Where(line => line.StartsWith(Word, StringComparison.Ordinal))
            .Select(line => line[Word.Length..].TrimEnd()).ToList();
        if (result.Failure is null && lines is [.., "done"])
            return lines;
        var said = result.Error.Trim() is { Length: > 0 } error ? $": {error}" : "";
        var why = lines.FirstOrDefault(line => line.StartsWith("failed ", StringComparison.Ordinal)) is { } failed
            ? failed["failed ".Length..]
            : result.Failure?.Message ?? $"its answer did not come whole{said}";
        throw new UserError(
            $"{node.Name}: {why}.",
            string.Join(' ', new[]
            {
                result.Failure?.Remedy,
                done is { Count: > 0 } ? $"Done so far: {string.Join(", ", done.Select(each => each.Node))}."
                    : "No other control plane was changed.",
                "Mend it, then the same again: what is renewed already is renewed once more, and hurts nobody.",
            }.OfType<string>()));
    }
}

/// <summary>What was done on a control plane.</summary>
/// <param name="Renewed">The certificates, by kubeadm's names.</param>
/// <param name="Started">The components that were started anew.</param>
/// <param name="Aside">Where what was there before is set aside on the node.</param>
public sealed record RenewedNode(string Node, IReadOnlyList<string> Renewed, IReadOnlyList<string> Started, string? Aside)
{
    /// <summary>It in a sentence.</summary>
    public string Summary =>
        $"{Node}: {Renewed.Count} certificates renewed; started anew: {(Started.Count == 0 ? "nothing" : string.Join(", ", Started))}; "
        + $"what was there before is in {Aside}";

    /// <summary>Reads what the script says.</summary>
    internal static RenewedNode Read(string node, IReadOnlyList<string> lines)
    {
        IReadOnlyList<string> Of(string word) =>
            [.. lines.Where(line => line.StartsWith($"{word} ", StringComparison.Ordinal))
                .Select(line => line[(word.Length + 1)..])];
        return new RenewedNode(node, Of("renewed"), Of("started"), Of("aside") is [var aside, ..] ? aside : null);
    }
}
