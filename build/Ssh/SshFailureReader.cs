using KubeLab.Clusters;

namespace KubeLab.Ssh;

/// <summary>Reads what OpenSSH says when a connection fails. Its messages are not translated and have been stable for decades.</summary>
public static class SshFailureReader
{
    private sealed record Pattern(string Text, SshFailureReason Reason, string Remedy);

    // The first that matches wins: the more telling stand before the more general.
    private static readonly Pattern[] Patterns =
    [
        new("REMOTE HOST IDENTIFICATION HAS CHANGED", SshFailureReason.HostKeyChanged,
            "If the machine was reinstalled, remove its old key: ssh-keygen -R {address}. If it wasn't, find out who answers there."),
        new("host key is known for", SshFailureReason.HostKeyUnknown,
            "Check its fingerprint and add it: ssh-keyscan {address} >> ~/.ssh/known_hosts (or the file that ssh.known_hosts names)."),
        new("Host key verification failed", SshFailureReason.HostKeyUnknown,
            "Check its fingerprint and add it: ssh-keyscan {address} >> ~/.ssh/known_hosts (or the file that ssh.known_hosts names)."),
        new("UNPROTECTED PRIVATE KEY FILE", SshFailureReason.KeyUnusable, "Others may read the key file, so OpenSSH ignores it: chmod 600 on it."),
        new("Could not resolve hostname", SshFailureReason.UnknownAddress, "Set ansible_host in the inventory to an address, or mend the name."),
        new("Name or service not known", SshFailureReason.UnknownAddress, "Set ansible_host in the inventory to an address, or mend the name."),
        new("Connection refused", SshFailureReason.Refused, "Start sshd there, or set ansible_port to the port that it listens on."),
        new("timed out", SshFailureReason.TimedOut, "Check that the machine is up, that {address} is right, and that no firewall drops port 22."),
        new("No route to host", SshFailureReason.Unreachable, "Check that the machine is up and that {address} is right."),
        new("Network is unreachable", SshFailureReason.Unreachable, "Check the control machine's own network, and that {address} is right."),
        new("Permission denied", SshFailureReason.KeyRejected,
            "Check the user and the key: --ssh-user, --private-key, or ansible_user and ansible_ssh_private_key_file in the inventory."),
        new("Too many authentication failures", SshFailureReason.KeyRejected,
            "The agent offers too many keys: name one with --private-key, and set IdentitiesOnly yes in ~/.ssh/config."),
        new("Connection reset", SshFailureReason.Disconnected, "Look at sshd's log there: it may be overloaded (MaxStartups) or restarting."),
        new("Connection closed", SshFailureReason.Disconnected, "Look at sshd's log there: it may be overloaded (MaxStartups) or restarting."),
        new("Broken pipe", SshFailureReason.Disconnected, "Look at sshd's log there, and at the network in between."),
    ];

    /// <summary>Reads the standard error of a client that ended with exit code 255.</summary>
    /// <param name="node">The node that it was to reach.</param>
    /// <param name="standardError">What it said.</param>
    public static SshFailure Read(Node node, string standardError)
    {
        var pattern = Array.Find(Patterns, pattern => standardError.Contains(pattern.Text, StringComparison.OrdinalIgnoreCase));
        if (pattern is null)
            return new SshFailure(SshFailureReason.Other, LastLine(standardError), $"Try it by hand: ssh -v {node.Address}");
        var line = standardError.Split('\n').First(line => line.Contains(pattern.Text, StringComparison.OrdinalIgnoreCase));
        return new SshFailure(
            pattern.Reason, line.Trim().Trim('@').Trim(), pattern.Remedy.Replace("{address}", node.Address, StringComparison.Ordinal));
    }

    private static string LastLine(string text) =>
        text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).LastOrDefault() ?? "ssh said nothing";
}
