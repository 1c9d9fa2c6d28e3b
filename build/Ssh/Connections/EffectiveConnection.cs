namespace KubeLab.Ssh;

/// <summary>How OpenSSH will reach a node, its own configuration and KubeLab's options taken together.</summary>
/// <param name="Address">The host that is connected to, <c>HostName</c> of ssh_config(5) followed.</param>
/// <param name="KeyFiles">The key files that are tried, in their order; an agent's keys are none.</param>
/// <param name="JumpHost">The words that lead through another host, as <c>proxyjump bastion</c>; null for none.</param>
public sealed record EffectiveConnection(
    string Address, string User, string Port, IReadOnlyList<string> KeyFiles, string? JumpHost, ILookup<string, string> Values)
{
    private static readonly string[] Detours = ["proxyjump", "proxycommand"];

    /// <summary>Reads what <c>ssh -G</c> prints: a line a keyword, in lower case, with its value.</summary>
    /// <exception cref="UserError">It isn't that.</exception>
    public static EffectiveConnection Read(string output)
    {
        var lines = output.Split('\n').Select(line => line.Split(' ', 2)).Where(parts => parts.Length == 2).ToList();
        var values = lines.ToLookup(parts => parts[0], parts => parts[1].TrimEnd('\r'));
        var detour = lines.Find(parts => Detours.Contains(parts[0]) && parts[1].Trim() != "none");
        return new EffectiveConnection(
            Only("hostname"), Only("user"), Only("port"), [.. values["identityfile"].Select(ShownPath.WithHome)],
            detour is null ? null : string.Join(' ', detour), values);

        string Only(string keyword) => values[keyword].FirstOrDefault() ?? throw new UserError(
            $"ssh -G named no {keyword}.", "See what it says by itself: ssh -G <host>");
    }

    /// <summary>The first value of a keyword, in lower case; null where there is none.</summary>
    public string? Value(string keyword) => Values[keyword].FirstOrDefault();
}

/// <summary>Asks OpenSSH how it will reach nodes; it connects nowhere for that.</summary>
public sealed class EffectiveConnections(SshOptions options, CommandRunner commands)
{
    /// <summary>How a node will be reached.</summary>
    /// <exception cref="UserError">OpenSSH can't read its configuration, or what the inventory gives it.</exception>
    public async Task<EffectiveConnection> OfAsync(Node node, CancellationToken cancellationToken = default)
    {
        var show = CommandLine.Of("ssh", ["-G", .. options.For(node), "--", node.Address]) with
        { Timeout = TimeSpan.FromSeconds(5), StandardInput = "" };
        var result = await commands.RunAsync(show, cancellationToken: cancellationToken);
        return EffectiveConnection.Read(result.EnsureSucceeded($"Asking ssh how it reaches {node.Name}").StandardOutput);
    }

    /// <summary>How these nodes will be reached, all of which ssh connects to.</summary>
    public async Task<IReadOnlyList<NodeConnection>> OfAsync(
        IEnumerable<Node> nodes, CancellationToken cancellationToken = default) =>
        await Task.WhenAll(nodes.Select(async node => new NodeConnection(node, await OfAsync(node, cancellationToken))));
}

/// <summary>A node and how it is reached.</summary>
public sealed record NodeConnection(Node Node, EffectiveConnection Connection);

/// <summary>Shows how nodes will be reached, as <c>ssh -G</c> says.</summary>
public sealed class ConnectionsTable(ConsoleLog log)
{
    /// <summary>Shows them.</summary>
    public void Show(IEnumerable<NodeConnection> nodes)
    {
        var table = new ConsoleTable().Names("node").Columns("host", "user", "port").Wide("key").Wide("through");
        foreach (var (node, connection) in nodes)
            table.Row(
                node.Name, connection.Address, connection.User, connection.Port, Keys(connection), connection.JumpHost ?? "");
        table.Show(log);
    }

    // Of those that nobody named, OpenSSH tries the ones that are there.
    private static string Keys(EffectiveConnection connection) => connection.KeyFiles switch
    {
        [var only] => File.Exists(only) ? only : $"{only} (not there)",
        var several => string.Join(", ", several.Where(File.Exists).DefaultIfEmpty("no file, only an agent's")),
    };
}
