namespace KubeLab.Ansible;

/// <summary>Finds out which hosts a <c>--limit</c> means from Ansible itself: patterns have a language of their own.</summary>
public sealed class HostLimit(CommandRunner commands, AnsibleEnvironment ansible)
{
    /// <summary>The hosts that a limit means.</summary>
    /// <exception cref="UserError">It matches none.</exception>
    public async Task<IReadOnlyList<string>> HostsAsync(string limit, CancellationToken cancellationToken = default)
    {
        var result = await commands.RunAsync(
            ansible.Ask("ansible", "all", $"--limit={limit}", "--list-hosts"), cancellationToken: cancellationToken);
        var hosts = Parse(result.StandardOutput);
        return hosts.Count > 0
            ? hosts
            : throw new UserError(
                $"--limit {ShellWords.Quote(limit)} matches no host of {ansible.Cluster.InventoryFile}.",
                $"Its hosts and groups: ansible-inventory -i {ShellWords.Quote(ansible.Cluster.InventoryFile)} --graph");
    }

    /// <summary>Reads the hosts: indented lines below <c>hosts (2):</c>.</summary>
    public static IReadOnlyList<string> Parse(string output) =>
        [.. output.Split('\n').SkipWhile(line => !line.TrimStart().StartsWith("hosts (", StringComparison.Ordinal)).Skip(1)
            .Select(line => line.Trim()).Where(line => line.Length > 0)];
}
