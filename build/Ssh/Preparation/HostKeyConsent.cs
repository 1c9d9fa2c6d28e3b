namespace KubeLab.Ssh;

/// <summary>Decides whether a password may be sent to who shows a host key. <c>PinHosts</c> takes what it sees; a password needs
/// more: a key that is known, a fingerprint that somebody has from the machine itself, or a person who says so.</summary>
/// <param name="given">The fingerprints that were given; null for none.</param>
internal sealed class HostKeyConsent(KnownHosts known, GivenFingerprints? given, IPrompt prompt)
{
    private const int MostQuestions = 3;

    /// <summary>Why the key is trusted.</summary>
    /// <exception cref="UserError">It isn't.</exception>
    public async Task<string> AskAsync(NodeConnection node, HostKey key, CancellationToken cancellationToken)
    {
        var port = int.Parse(node.Connection.Port, CultureInfo.InvariantCulture);
        switch (known.Judge(node.Connection.Address, port, Convert.FromBase64String(key.Key)))
        {
            case null:
                return "known";
            case SshFailureReason.HostKeyChanged:
                throw new UserError(
                    $"It shows another host key than the one that is known: {key.Fingerprint}",
                    "Find out why: was the machine installed anew, or does another one answer? Then: ./build.sh PinHosts --replace-pins");
        }

        if (given is not null)
            return Accepts(node, key) ? "as given" : throw new UserError(
                $"Its host key {key.Fingerprint} ({key.Type}) is none of the given fingerprints.",
                "Find out why. On the machine: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub");
        if (!prompt.IsThere)
            throw new UserError(
                $"Nobody has said that its host key is {key.Fingerprint} ({key.Type}), and there is no terminal to ask.",
                "Give the fingerprints, as the machines themselves say them: --fingerprints <file>");
        return await ConfirmAsync(node, key, cancellationToken);
    }

    /// <summary>Whether its key is among the fingerprints that were given.</summary>
    public bool Accepts(NodeConnection node, HostKey key) =>
        given?.Accept(key, node.Node.Name, node.Node.Address, node.Connection.Address) ?? false;

    private async Task<string> ConfirmAsync(NodeConnection node, HostKey key, CancellationToken cancellationToken)
    {
        var shown = $"{node.Node.Name} ({node.Connection.Address}) shows the host key {key.Fingerprint} ({key.Type}).\n";
        for (var i = 0; i < MostQuestions; i++)
        {
            var answer = (await prompt.AskAsync(
                $"{shown}Is that its own? yes, no, or the fingerprint that it has to be: ", cancellationToken)).Trim();
            if (answer == "yes" || answer.TrimEnd('=') == key.Fingerprint)
                return "confirmed";
            if (answer == "no")
                break;
            if (answer.StartsWith("SHA256:", StringComparison.Ordinal))
                throw new UserError(
                    $"Its host key is {key.Fingerprint}, and not {PlainText.Of(answer)}, as was typed.",
                    "Find out which machine answers.");
        }

        throw new UserError($"Its host key {key.Fingerprint} was not confirmed.", "No password was sent there.");
    }
}
