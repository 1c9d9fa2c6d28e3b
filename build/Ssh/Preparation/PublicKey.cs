namespace KubeLab.Ssh;

/// <summary>The public half of the key that nodes will be reached with.</summary>
public sealed class PublicKey(SshOptions options, CommandRunner commands)
{
    /// <summary>The line for a node's <c>authorized_keys</c>: that of the inventory's or the setting's key file, else of the
    /// first that OpenSSH itself would try, else of the first that an agent holds.</summary>
    /// <exception cref="UserError">There is no key, or its public half can't be told.</exception>
    public async Task<string> OfAsync(NodeConnection node, CancellationToken cancellationToken)
    {
        var file = options.PrivateKey(node.Node) ?? node.Connection.KeyFiles.FirstOrDefault(File.Exists);
        if (file is null)
        {
            var agent = await commands.RunAsync(CommandLine.Of("ssh-add", "-L"), cancellationToken: cancellationToken);
            return Line(agent.StandardOutput) ?? throw new UserError(
                "There is no key to give to the nodes: no file, and none in an agent.",
                "Make one: ssh-keygen -t ed25519. Or name one with --private-key.");
        }

        if (File.Exists($"{file}.pub") && Line(await File.ReadAllTextAsync($"{file}.pub", cancellationToken)) is { } beside)
            return beside;
        var derive = CommandLine.Of("ssh-keygen", "-y", "-P", "", "-f", file);
        var derived = await commands.RunAsync(derive, cancellationToken: cancellationToken);
        return Line(derived.StandardOutput) ?? throw new UserError(
            $"The public half of {file} can't be told: {derived.StandardError.Trim().Split('\n')[^1]}",
            $"Put it beside: ssh-keygen -y -f {ShellWords.Quote(file)} > {ShellWords.Quote($"{file}.pub")}");
    }

    // A key's comment is free text, and authorized_keys has a key a line.
    private static string? Line(string text)
    {
        var words = text.Split('\n')[0].Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
        return words.Length >= 2 && HostKey.Parse($"- {words[0]} {words[1]}") is not null
            ? PlainText.Of(string.Join(' ', words)) : null;
    }
}
