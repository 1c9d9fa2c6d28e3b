namespace KubeLab.Ssh;

/// <summary>Logs in with a key, by OpenSSH and its agent, over a connection of its own that is never shared: by host keys which
/// may be known for this run alone.</summary>
internal sealed class KeyLogin(SshOptions options, CommandRunner commands, string knownHostsFile)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Runs a command on a node.</summary>
    /// <param name="user">Who logs in; null for the user that Ansible logs in as.</param>
    public async Task<NodeResult> RunAsync(Node node, NodeCommand command, string? user, CancellationToken cancellationToken)
    {
        string[] first = [
            "-o", $"UserKnownHostsFile=\"{knownHostsFile}\"", "-o", "GlobalKnownHostsFile=/dev/null",
            "-o", "StrictHostKeyChecking=yes", "-o", "ControlMaster=no", "-o", "ControlPath=none",
            "-o", "PreferredAuthentications=publickey",
        ];
        string[] asUser = user is null ? [] : ["-o", $"User={user}"];
        var line = CommandLine.Of("ssh", [.. first, .. asUser, .. options.For(node), "--", node.Address, .. command.Words]) with
        { StandardInput = command.StandardInput ?? "", Timeout = options.ConnectTimeout + Patience };
        var result = await commands.RunAsync(line, cancellationToken: cancellationToken);
        return new NodeResult(
            result.ExitCode, result.StandardOutput, result.StandardError, result.Duration,
            result.ExitCode == 255 ? SshFailureReader.Read(node, result.StandardError) : null);
    }
}
