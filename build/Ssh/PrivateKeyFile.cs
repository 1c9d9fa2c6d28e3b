namespace KubeLab.Ssh;

/// <summary>Finds out, before any node is asked, whether a private key file can be used without a prompt.</summary>
public sealed class PrivateKeyFile(CommandRunner commands)
{
    private const UnixFileMode OthersMayUse = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Checks a key file.</summary>
    /// <exception cref="UserError">It is missing, unreadable, open to others, no key, or locked and in no agent.</exception>
    public async Task CheckAsync(string path, CancellationToken cancellationToken = default)
    {
        CheckFile(path);
        var derive = CommandLine.Of("ssh-keygen", "-y", "-P", "", "-f", path);
        var result = await commands.RunAsync(derive, cancellationToken: cancellationToken);
        if (result.Succeeded)
            return;
        if (!result.StandardError.Contains("passphrase", StringComparison.OrdinalIgnoreCase))
            throw new UserError(
                $"{path} is no private key: {result.StandardError.Trim().Split('\n')[^1]}",
                "Name the private key, not the .pub file: --private-key <file>.");
        if (!await AgentHoldsAsync(path, cancellationToken))
            throw new UserError(
                $"{path} is protected by a passphrase, and no agent holds it.",
                $"Load it once: ssh-add {ShellWords.Quote(path)}");
    }

    private static void CheckFile(string path)
    {
        if (!File.Exists(path))
            throw new UserError(
                $"There is no private key {path}.", "Name one with --private-key, or ssh.private_key in kubelab.yml.");
        try
        {
            using var opened = File.OpenRead(path);
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            throw new UserError(
                $"The private key {path} can't be read: {exception.Message}",
                "Make it readable for you, and for you alone.", exception);
        }

        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & OthersMayUse) != 0)
            throw new UserError(
                $"Others may use the private key {path}, so OpenSSH refuses it.", $"chmod 600 {ShellWords.Quote(path)}");
    }

    private async Task<bool> AgentHoldsAsync(string path, CancellationToken cancellationToken)
    {
        var print = await commands.RunAsync(CommandLine.Of("ssh-keygen", "-lf", path), cancellationToken: cancellationToken);
        var held = await commands.RunAsync(CommandLine.Of("ssh-add", "-l"), cancellationToken: cancellationToken);
        var words = print.StandardOutput.Split(' ');
        return print.Succeeded && held.Succeeded && words.Length > 1 && held.StandardOutput.Contains(words[1]);
    }
}
