namespace KubeLab.Lab;

/// <summary>The keys of the lab: one to log in with, made once, and one a node to know it by.</summary>
public sealed class LabKeys(LabFolder lab, CommandRunner commands)
{
    /// <summary>Makes the key to log in with unless it is there: ed25519, without a passphrase, readable by root alone.</summary>
    public Task EnsureLoginKeyAsync(CancellationToken cancellationToken) =>
        EnsureAsync(lab.PrivateKey, "kubelab", cancellationToken);

    /// <summary>Makes a node's host key unless it is there.</summary>
    public Task EnsureHostKeyAsync(LabNode node, CancellationToken cancellationToken) =>
        EnsureAsync(lab.Of(node.Name).HostKey, $"root@{node.Name}", cancellationToken);

    /// <summary>Writes the known hosts file if it doesn't say just what it should.</summary>
    /// <param name="nodes">All nodes; those that are gone vanish from the file.</param>
    public async Task WriteKnownHostsAsync(IEnumerable<LabNode> nodes, CancellationToken cancellationToken)
    {
        var text = string.Concat(nodes.Select(node => KnownHost(node, File.ReadAllText($"{lab.Of(node.Name).HostKey}.pub"))));
        if (!File.Exists(lab.KnownHosts) || await File.ReadAllTextAsync(lab.KnownHosts, cancellationToken) != text)
            await File.WriteAllTextAsync(lab.KnownHosts, text, cancellationToken);
    }

    /// <summary>A node's line of a known hosts file (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT).</summary>
    internal static string KnownHost(LabNode node, string publicKey) =>
        $"{node.Address},{node.Name} {string.Join(' ', publicKey.Split(' ', '\n').Take(2))}\n";

    // A key without its public half, or of no size, is what an interrupted run leaves.
    private async Task EnsureAsync(string path, string comment, CancellationToken cancellationToken)
    {
        var publicHalf = new FileInfo($"{path}.pub");
        if (File.Exists(path) && publicHalf is { Exists: true, Length: > 0 })
        {
            UnixFile.SetMode(path, UnixFile.Private);
            return;
        }

        File.Delete(path);
        File.Delete(publicHalf.FullName);
        var make = CommandLine.Of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", path);
        (await commands.RunAsync(make, cancellationToken: cancellationToken)).EnsureSucceeded($"Making the key {path}");
    }
}
