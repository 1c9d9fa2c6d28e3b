namespace KubeLab.Ssh;

/// <summary>Finds out through which jump host OpenSSH reaches a node, as its own configuration says.</summary>
/// <param name="commands">Runs <c>ssh -G</c>, which shows the configuration and connects nowhere.</param>
internal sealed class JumpHosts(SshOptions options, CommandRunner commands)
{
    private readonly EffectiveConnections connections = new(options, commands);

    // Most configurations know no jump host, and then no node costs a process.
    private readonly Lazy<bool> mayKnowOne = new(() => OwnConfiguration.Mentions("Proxy"));

    /// <summary>The words for a node's jump host: nodes with the same share it. Null for none.</summary>
    public async Task<string?> OfAsync(Node node, CancellationToken cancellationToken)
    {
        var words = options.For(node);
        if (!mayKnowOne.Value && !words.Contains("-F"))
            return null;
        try
        {
            return (await connections.OfAsync(node, cancellationToken)).JumpHost;
        }
        catch (UserError)
        {
            // What ssh can't read, it says better when it connects.
            return null;
        }
    }
}
