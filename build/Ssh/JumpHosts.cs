namespace KubeLab.Ssh;

/// <summary>Finds out through which jump host OpenSSH reaches a node, as its own configuration says.</summary>
/// <param name="commands">Runs <c>ssh -G</c>, which shows the configuration and connects nowhere.</param>
internal sealed class JumpHosts(SshOptions options, CommandRunner commands)
{
    private static readonly string[] Keys = ["proxyjump ", "proxycommand "];

    // Most configurations know no jump host, and then no node costs a process.
    private readonly Lazy<bool> mayKnowOne = new(() => Files().Any(MayLeadThroughOne));

    /// <summary>The words for a node's jump host: nodes with the same share it. Null for none.</summary>
    public async Task<string?> OfAsync(Node node, CancellationToken cancellationToken)
    {
        var words = options.For(node);
        if (!mayKnowOne.Value && !words.Contains("-F"))
            return null;
        var show = new CommandLine("ssh", ["-G", .. words, node.Address])
        { Timeout = TimeSpan.FromSeconds(5), StandardInput = "" };
        var result = await commands.RunAsync(show, cancellationToken: cancellationToken);
        return result.StandardOutput.Split('\n').FirstOrDefault(line =>
            Array.Exists(Keys, key => line.StartsWith(key, StringComparison.Ordinal))
                && !line.EndsWith(" none", StringComparison.Ordinal));
    }

    private static IEnumerable<string> Files()
    {
        const string more = "/etc/ssh/ssh_config.d";
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        string[] files = [Path.Combine(home, ".ssh", "config"), "/etc/ssh/ssh_config"];
        return files.Where(File.Exists).Concat(Directory.Exists(more) ? Directory.EnumerateFiles(more, "*.conf") : []);
    }

    // Debian's own file includes the folder that is read anyway, and names the options in comments.
    private static bool MayLeadThroughOne(string file)
    {
        try
        {
            return File.ReadLines(file).Select(line => line.Trim()).Any(line =>
                line.StartsWith("Proxy", StringComparison.OrdinalIgnoreCase)
                || (line.StartsWith("Include", StringComparison.OrdinalIgnoreCase) && !line.Contains("/etc/ssh/ssh_config.d/")));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
