namespace KubeLab.Ssh;

/// <summary>Why a node could not be reached, in words, with what to do.</summary>
public sealed record SshFailure(SshFailureReason Reason, string Message, string Remedy);

/// <summary>The ways in which an SSH connection fails that a person can tell apart and mend.</summary>
public enum SshFailureReason
{
    /// <summary>Something that no other value names.</summary>
    Other,

    /// <summary>The name has no address.</summary>
    UnknownAddress,

    /// <summary>Nothing listens on the port.</summary>
    Refused,

    /// <summary>No answer in time.</summary>
    TimedOut,

    /// <summary>No route to the address.</summary>
    Unreachable,

    /// <summary>The node's host key isn't known.</summary>
    HostKeyUnknown,

    /// <summary>The node's host key isn't the one that is known.</summary>
    HostKeyChanged,

    /// <summary>The node accepts none of the keys that were offered.</summary>
    KeyRejected,

    /// <summary>The private key file can't be used.</summary>
    KeyUnusable,

    /// <summary>The connection broke before the command ended.</summary>
    Disconnected,

    /// <summary>The node accepted the connection, but the command did not end in time.</summary>
    CommandTimedOut,
}

/// <summary>Reads what OpenSSH says when a connection fails. Its messages are never translated, and stable for decades.</summary>
public static class SshFailureReader
{
    private sealed record Pattern(string Text, SshFailureReason Reason, string Remedy);

    // What the client says where the way there led through a ProxyJump or ProxyCommand that ended by itself.
    private const string BehindJumpHost = "UNKNOWN port 65535";

    private const string Pin =
        "Compare its fingerprint with the machine's own and pin it: ./build.sh PinHosts shows it. By hand: ssh-keyscan {port}{address} >> ~/.ssh/known_hosts "
        + "(or the file that ssh.known_hosts names).";

    private const string WrongAddress = "Set ansible_host in the inventory to an address, or mend the name.";

    // The first that matches wins: the more telling stand before the more general.
    private static readonly Pattern[] Patterns = [
        new("REMOTE HOST IDENTIFICATION HAS CHANGED", SshFailureReason.HostKeyChanged,
            "Find out why: was the machine installed anew, or does another one answer at {address}? Then replace its key: ./build.sh PinHosts --replace-pins "
            + "where it is pinned, else remove the line that is named."),
        new("host key is known for", SshFailureReason.HostKeyUnknown, Pin),
        new("Host key verification failed", SshFailureReason.HostKeyUnknown, Pin),
        new("Bad configuration option", SshFailureReason.Other,
            "Correct it in the file that is named; on the command line it comes from ansible_ssh_common_args, ansible_ssh_extra_args or ansible_ssh_args in the inventory."),
        new("UNPROTECTED PRIVATE KEY FILE", SshFailureReason.KeyUnusable,
            "Others may read the key file, so OpenSSH ignores it: chmod 600 on it."),
        new("no such identity", SshFailureReason.KeyUnusable,
            "There is no such key file: correct ansible_ssh_private_key_file in the inventory, --private-key, or ssh.private_key in kubelab.yml."),
        new("Load key \"", SshFailureReason.KeyUnusable,
            "OpenSSH can't use that file as a private key: see what it is (ssh-keygen -y -f FILE), and whether you may read it. Name the private key, not the .pub file."),
        new("Could not resolve hostname", SshFailureReason.UnknownAddress, WrongAddress),
        new("Name or service not known", SshFailureReason.UnknownAddress, WrongAddress),
        new("Connection refused", SshFailureReason.Refused,
            "Start sshd there, or set ansible_port to the port that it listens on."),
        new("timed out", SshFailureReason.TimedOut,
            "Check that the machine is up, that {address} is right, and that no firewall drops its ssh port."),
        new("No route to host", SshFailureReason.Unreachable, "Check that the machine is up and that {address} is right."),
        new("Network is unreachable", SshFailureReason.Unreachable,
            "Check the control machine's own network, and that {address} is right."),
        new("Permission denied", SshFailureReason.KeyRejected,
            "Check the user and the key: --ssh-user, --private-key, or ansible_user and ansible_ssh_private_key_file in the inventory."),
        new("Too many authentication failures", SshFailureReason.KeyRejected,
            "The agent offers too many keys: name one with --private-key, and set IdentitiesOnly yes in ~/.ssh/config."),
        new("Connection reset", SshFailureReason.Disconnected,
            "Look at sshd's log there: it may be overloaded (MaxStartups) or restarting."),
        new("Connection closed", SshFailureReason.Disconnected,
            "Look at sshd's log there: it may be overloaded (MaxStartups) or restarting."),
        new("Broken pipe", SshFailureReason.Disconnected, "Look at sshd's log there, and at the network in between."),
    ];

    /// <summary>Reads the standard error of a client that ended with exit code 255.</summary>
    public static SshFailure Read(Node node, string standardError)
    {
        var lines = standardError.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var told = lines.Where(line => !line.Contains(BehindJumpHost)
            && !line.StartsWith("kex_exchange_identification", StringComparison.Ordinal)).ToList();
        if (told.Count < lines.Length && lines.Any(line => line.Contains(BehindJumpHost)))
            return OfJumpHost(node, told);
        var pattern = Array.Find(Patterns, pattern => standardError.Contains(pattern.Text, StringComparison.OrdinalIgnoreCase));
        if (pattern is null)
            return new SshFailure(
                SshFailureReason.Other, lines.LastOrDefault() ?? "ssh said nothing", $"Try it by hand: ssh -v {node.Address}");
        var line = lines.First(line => line.Contains(pattern.Text, StringComparison.OrdinalIgnoreCase)).Trim('@').Trim();

        // "Offending ED25519 key in /root/.ssh/known_hosts:7"
        var offending = pattern.Reason == SshFailureReason.HostKeyChanged
            ? Array.Find(lines, each => each.StartsWith("Offending ", StringComparison.Ordinal))
            : null;
        return new SshFailure(pattern.Reason, offending is null ? line : $"{line} {offending}", Remedy(node, pattern));
    }

    private static SshFailure OfJumpHost(Node node, List<string> told)
    {
        var pattern = Patterns.FirstOrDefault(
            pattern => told.Exists(line => line.Contains(pattern.Text, StringComparison.OrdinalIgnoreCase)));
        var line = pattern is null
            ? told.LastOrDefault()
            : told.Find(line => line.Contains(pattern.Text, StringComparison.OrdinalIgnoreCase));
        return new SshFailure(
            pattern?.Reason ?? SshFailureReason.Disconnected,
            $"the way there leads through a jump host, which failed: {line?.Trim('@').Trim() ?? "it closed the connection"}",
            "Mend the way to the jump host first: ProxyJump or ProxyCommand in ansible_ssh_common_args, in ssh_config, or the machine bastion of the inventory. "
            + $"What it says: {Shown(node)}");
    }

    // A client that is to leave its connection open keeps to itself what the one to the jump host says.
    private static string Shown(Node node)
    {
        var way = new[] { "ansible_ssh_common_args", "ansible_ssh_extra_args" }.Select(node.Text)
            .Where(words => !string.IsNullOrWhiteSpace(words)).Select(words => words!.Trim());
        return string.Join(' ', ["ssh -o ControlPersist=no", .. way, node.Address, "true"]);
    }

    private static string Remedy(Node node, Pattern pattern)
    {
        // Ansible would log in with it; a prompt is what BatchMode rules out, and a password on a command line is no secret.
        string[] passwords = ["ansible_password", "ansible_ssh_pass", "ansible_ssh_password"];
        if (pattern.Reason == SshFailureReason.KeyRejected && Array.Exists(passwords, name => node.Text(name) is not null))
            return $"The inventory gives a password for {node.Name}, and KubeLab logs in with keys alone: put yours there (./build.sh PrepareNodes), and take the password out.";
        var port = SshOptions.Port(node) is { } number and not "22" ? $"-p {number} " : "";
        return pattern.Remedy.Replace("{address}", node.Address).Replace("{port}", port);
    }
}
