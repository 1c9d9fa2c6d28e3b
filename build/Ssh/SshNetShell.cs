using System.Net.Sockets;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace KubeLab.Ssh;

/// <summary>Runs commands on nodes with SSH.NET, for control machines without an OpenSSH client. It reads known_hosts and key
/// files, but no ssh_config, agent or jump host: a node that needs one is a failure that says so.</summary>
/// <param name="hostKeyChecking">What to do about an unknown host key, as in ssh_config(5).</param>
internal sealed class SshNetShell(SshOptions options, string hostKeyChecking, IReadOnlyList<string> knownHosts, INodeShell local)
    : INodeShell, IDisposable
{
    private static readonly string[] DefaultKeys = ["id_ed25519", "id_ecdsa", "id_rsa"];

    private readonly KnownHosts known = KnownHosts.Read(knownHosts);
    private readonly ConcurrentDictionary<string, Lazy<Task<SshClient>>> connections = new();

    public async Task<NodeResult> RunAsync(Node node, NodeCommand command, CancellationToken cancellationToken = default)
    {
        if (node.IsLocal)
            return await local.RunAsync(node, command, cancellationToken);
        var started = TimeProvider.System.GetTimestamp();
        var connection = connections.GetOrAdd(
            node.Name, _ => new Lazy<Task<SshClient>>(() => ConnectAsync(node, cancellationToken)));
        try
        {
            return await ExecuteAsync(await connection.Value, node, command, cancellationToken, started);
        }
        catch (OperationCanceledException)
        {
            // Whoever asks next does not get a connection that was given up while it opened.
            connections.TryRemove(new(node.Name, connection));
            throw;
        }
        catch (Exception exception) when (
            exception is SshException or SocketException or IOException or InvalidOperationException or UserError)
        {
            connections.TryRemove(new(node.Name, connection));
            var failure = FailureOf(node, exception);
            return new NodeResult(255, "", failure.Message, TimeProvider.System.GetElapsedTime(started), failure);
        }
    }

    public void Dispose()
    {
        foreach (var connection in connections.Values.Where(connection => connection.Value.IsCompletedSuccessfully))
            connection.Value.Result.Dispose();
    }

    private async Task<SshClient> ConnectAsync(Node node, CancellationToken cancellationToken)
    {
        if (SshOptions.ClientArguments(node) is { Count: > 0 } arguments)
            throw new UserError(
                $"SSH.NET can't follow what the inventory asks of ssh: {string.Join(" ", arguments.Select(ShellWords.Quote))}",
                "Use the system's OpenSSH client: --ssh-client openssh.");
        var port = int.Parse(SshOptions.Port(node) ?? "22", CultureInfo.InvariantCulture);
        var client = new SshClient(ConnectionInfo(node, port)) { KeepAliveInterval = options.ConnectTimeout };
        SshFailureReason? refused = null;
        client.HostKeyReceived += (_, key) => key.CanTrust = (refused = Judge(node, port, key)) is null;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.ConnectTimeout);
        try
        {
            await client.ConnectAsync(limit.Token);
            return client;
        }
        catch (Exception exception)
        {
            client.Dispose();
            if (refused is { } reason)
                throw new SshConnectionException(Said(reason, node), exception);
            if (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested)
                throw new SshOperationTimeoutException("Connection timed out", exception);
            throw;
        }
    }

    private ConnectionInfo ConnectionInfo(Node node, int port)
    {
        var user = options.User(node) ?? Environment.UserName;
        var keys = KeyFiles(node).Select(file => new Renci.SshNet.PrivateKeyFile(file)).ToArray<IPrivateKeySource>();
        if (keys.Length == 0)
            throw new UserError("There is no private key to log in with.", "Name one with --private-key: SSH.NET asks no agent.");
        var connection = new ConnectionInfo(node.Address, port, user, new PrivateKeyAuthenticationMethod(user, keys))
        { Timeout = options.ConnectTimeout };
        PreferKnownTypes(connection, known.TypesFor(node.Address, port));
        return connection;
    }

    private IEnumerable<string> KeyFiles(Node node)
    {
        if (options.PrivateKey(node) is { } key)
            return [key];
        var directory = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".ssh");
        return DefaultKeys.Select(name => Path.Combine(directory, name)).Where(File.Exists);
    }

    // A host shows one key of several: it is asked for one of a type that is known, as OpenSSH does.
    internal static void PreferKnownTypes(ConnectionInfo connection, IReadOnlyList<string> types)
    {
        if (types.Count == 0)
            return;
        var others = connection.HostKeyAlgorithms.Keys.Where(algorithm => !types.Contains(TypeOf(algorithm))).ToList();
        foreach (var algorithm in others)
            connection.HostKeyAlgorithms.Remove(algorithm);
    }

    // RFC 8332: the rsa-sha2 algorithms sign with keys of the type ssh-rsa.
    private static string TypeOf(string algorithm) => HostKey.Algorithms("ssh-rsa").Contains(algorithm) ? "ssh-rsa" : algorithm;

    private SshFailureReason? Judge(Node node, int port, HostKeyEventArgs key)
    {
        if (hostKeyChecking == "no")
            return null;
        var reason = known.Judge(node.Address, port, key.HostKey);
        if (reason != SshFailureReason.HostKeyUnknown || hostKeyChecking != "accept-new")
            return reason;
        var name = port == 22 ? node.Address : $"[{node.Address}]:{port}";
        lock (known)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(knownHosts[0])!);
            File.AppendAllText(knownHosts[0], $"{name} {KeyType(key.HostKey)} {Convert.ToBase64String(key.HostKey)}\n");
        }

        return null;
    }

    // RFC 4253, 6.6: the type's length in four bytes, then the type.
    private static string KeyType(byte[] key) =>
        System.Text.Encoding.ASCII.GetString(key, 4, System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(key));

    /// <summary>Runs a command over a connection that is open.</summary>
    /// <param name="since">Since when its time counts; null for now.</param>
    internal static async Task<NodeResult> ExecuteAsync(
        SshClient client, Node node, NodeCommand command, CancellationToken cancellationToken, long? since = null)
    {
        var started = since ?? TimeProvider.System.GetTimestamp();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(command.Timeout);
        using var running = client.CreateCommand(string.Join(" ", command.Words.Select(ShellWords.Quote)));
        var output = new BoundedText(command.MaxOutput);
        var error = new BoundedText(command.MaxOutput);
        try
        {
            var execution = running.ExecuteAsync(limit.Token);
            try
            {
                await using var input = running.CreateInputStream();
                await input.WriteAsync(System.Text.Encoding.UTF8.GetBytes(command.StandardInput ?? ""), limit.Token);
            }
            catch (Exception exception) when (exception is InvalidOperationException or ObjectDisposedException)
            {
                // It has ended already, without asking for it: what it said tells why.
            }

            await Task.WhenAll(
                output.ReadAsync(running.OutputStream, limit.Token),
                error.ReadAsync(running.ExtendedOutputStream, limit.Token),
                execution);
            return new NodeResult(
                running.ExitStatus ?? 255, output.Text, error.Text, TimeProvider.System.GetElapsedTime(started), Failure: null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            var failure = new SshFailure(
                SshFailureReason.CommandTimedOut,
                $"The command on {node.Name} did not end within {command.Timeout.TotalSeconds:0.#} s.",
                "Look at what it waits for there.");
            return new NodeResult(255, output.Text, error.Text, TimeProvider.System.GetElapsedTime(started), failure);
        }
    }

    private static string Said(SshFailureReason reason, Node node) => reason == SshFailureReason.HostKeyChanged
        ? "REMOTE HOST IDENTIFICATION HAS CHANGED"
        : $"No host key is known for {node.Address}";

    // In OpenSSH's words, so that both clients' failures are read, and remedied, alike.
    internal static SshFailure FailureOf(Node node, Exception exception) => exception switch
    {
        UserError error => new SshFailure(SshFailureReason.Other, error.Problem, error.Remedy ?? ""),
        SshOperationTimeoutException => SshFailureReader.Read(node, "Connection timed out"),
        SshPassPhraseNullOrEmptyException => new SshFailure(
            SshFailureReason.KeyUnusable, "The private key is protected by a passphrase.",
            "SSH.NET asks no agent: use --ssh-client openssh, or a key without a passphrase."),
        _ => SshFailureReader.Read(node, exception.Message),
    };
}
