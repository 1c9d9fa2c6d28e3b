namespace KubeLab.Ssh;

/// <summary>Asks nodes for their host keys: with the ssh client that will connect to them later, so that ssh_config, ports,
/// aliases and jump hosts hold, and the key is noted under the very name by which ssh will look for it. Nobody logs in.</summary>
public sealed class HostKeyScanner(SshOptions options, CommandRunner commands)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The host key that a node shows.</summary>
    /// <param name="algorithms">As <c>HostKeyAlgorithms</c> of ssh_config(5), for a node that has several; null for any.</param>
    /// <exception cref="UserError">It shows none.</exception>
    public async Task<HostKey> ScanAsync(
        Node node, string? algorithms = null, CancellationToken cancellationToken = default)
    {
        var folder = Directory.CreateTempSubdirectory("kubelab-hosts-");
        try
        {
            var file = Path.Combine(folder.FullName, "known_hosts");
            var command = Command(node, file, algorithms);
            var result = await commands.RunAsync(command, cancellationToken: cancellationToken);
            var key = File.Exists(file)
                ? File.ReadLines(file).Select(HostKey.Parse).FirstOrDefault(each => each is not null)
                : null;
            return key ?? throw new UserError(
                $"{node.Name} ({node.Address}) shows no host key: {result.StandardError.Trim().Split('\n')[^1]}",
                $"Try it by hand: {command}");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // ssh_config(5): of an option that is given twice, the first holds.
    private CommandLine Command(Node node, string file, string? algorithms) => CommandLine.Of(
        "ssh",
        [
            "-o", $"UserKnownHostsFile={file}", "-o", "GlobalKnownHostsFile=/dev/null", "-o", "StrictHostKeyChecking=accept-new",
            "-o", "HashKnownHosts=no", "-o", "UpdateHostKeys=no", "-o", "ControlMaster=no", "-o", "ControlPath=none",
            "-o", "PreferredAuthentications=none",
            .. algorithms is null ? Array.Empty<string>() : ["-o", $"HostKeyAlgorithms={algorithms}"],
            .. options.For(node), "--", node.Address, "true",
        ]) with
    { StandardInput = "", Timeout = options.ConnectTimeout + Patience };
}
