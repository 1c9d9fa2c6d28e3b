namespace KubeLab.Clusters;

/// <summary>How nodes are reached.</summary>
public sealed record SshSettings
{
    /// <summary>The user to log in as where the inventory names none; null leaves it to OpenSSH.</summary>
    public string? User { get; init; }

    /// <summary>The private key file, absolute; null leaves it to OpenSSH: its agent, its configuration, its default keys.</summary>
    public string? PrivateKey { get; init; }

    /// <summary>A file of pinned host keys, absolute; null leaves it to OpenSSH.</summary>
    public string? KnownHosts { get; init; }

    /// <summary>What OpenSSH does about an unknown host key: <c>yes</c> (refuse), <c>accept-new</c> or <c>no</c>.</summary>
    public string HostKeyChecking { get; init; } = "yes";

    /// <summary>How long a connection may take to open.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The key exchange algorithms to offer, as in ssh_config(5); null leaves OpenSSH's default.</summary>
    public string? KexAlgorithms { get; init; }

    /// <summary>The client: <c>openssh</c> or <c>sshnet</c>.</summary>
    public string Client { get; init; } = "openssh";
}
