namespace KubeLab.Ssh;

/// <summary>Runs one command on one node, in one round trip.</summary>
public interface INodeShell
{
    /// <summary>Runs a command on a node. A connection that fails is a result, not an exception.</summary>
    Task<NodeResult> RunAsync(Node node, NodeCommand command, CancellationToken cancellationToken = default);

    /// <summary>The jump host in words, where configuration outside the inventory leads through one; null for none.</summary>
    Task<string?> JumpHostAsync(Node node, CancellationToken cancellationToken = default) => Task.FromResult<string?>(null);
}

/// <summary>What runs on a node: words that need no quoting on any login shell (<c>/bin/sh -s</c>), with the real work on
/// standard input, so that it does not matter which shell the login user has.</summary>
public sealed record NodeCommand(IReadOnlyList<string> Words, string? StandardInput = null)
{
    /// <summary>How long it may run once the connection is open.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How much output is kept, in characters; the rest is read and dropped.</summary>
    public int MaxOutput { get; init; } = 1024 * 1024;

    /// <summary>Whether it may run twice, as it changes nothing, and begins to speak at once. Then a shared connection that falls
    /// silent is given up: within a new connection's time the node is named, or the command runs again.</summary>
    public bool IsRepeatable { get; init; }

    /// <summary>A POSIX shell script, given on standard input.</summary>
    public static NodeCommand Script(string script) => new(["/bin/sh", "-s"], script);
}

/// <summary>What a command on a node left behind, or why it never ran.</summary>
/// <param name="ExitCode">The command's exit code; 255 where the connection failed.</param>
/// <param name="Output">Its standard output, up to the limit that was asked for.</param>
/// <param name="Failure">Why the command did not run to its end; null where it did.</param>
public sealed record NodeResult(int ExitCode, string Output, string Error, TimeSpan Duration, SshFailure? Failure)
{
    /// <summary>
    /// When the last of its output came, which is long before its end is seen where many connections are opened at once; null
    /// where that isn't known.
    /// </summary>
    public DateTimeOffset? LastOutput { get; init; }

    /// <summary>Whether the command ran to its end with exit code 0.</summary>
    public bool Succeeded => Failure is null && ExitCode == 0;
}

/// <summary>Picks the SSH client that a cluster's settings ask for.</summary>
public static class NodeShells
{
    /// <summary>The shell for a cluster's nodes.</summary>
    public static INodeShell For(Cluster cluster, SshOptions options, CommandRunner commands)
    {
        var openSsh = new OpenSshShell(options, commands);
        if (cluster.Settings.Ssh.Client == "openssh")
            return openSsh;
        return new SshNetShell(options, cluster.Settings.Ssh.HostKeyChecking, KnownHostsFiles(cluster), openSsh);
    }

    /// <summary>The files that say which host keys are known.</summary>
    internal static IReadOnlyList<string> KnownHostsFiles(Cluster cluster)
    {
        var own = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".ssh", "known_hosts");
        return cluster.Settings.Ssh.KnownHosts is { } pinned ? [pinned] : [own, "/etc/ssh/ssh_known_hosts"];
    }
}
