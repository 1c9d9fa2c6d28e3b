namespace KubeLab.Ssh;

/// <summary>The host keys pinned for a cluster, in its folder: from then on ssh refuses any other, for Ansible too.</summary>
public sealed class HostPins(Cluster cluster)
{
    private const string Header = "# The host keys of this cluster's nodes, pinned by ./build.sh PinHosts.";

    /// <summary>Whether pins would hold: not where the settings name another file.</summary>
    /// <exception cref="UserError">They name one.</exception>
    public void RequireInForce()
    {
        if (cluster.Settings.Ssh.KnownHosts is { } other && other != cluster.PinnedHostsFile)
            throw new UserError(
                $"The host keys of {cluster.Name} are those in {other}, as ssh.known_hosts says; pins beside it would not be looked at.",
                $"Take ssh.known_hosts out of {SettingsFile.Name}, then run PinHosts again.");
    }

    /// <summary>Holds what the nodes show against what is pinned.</summary>
    public IReadOnlyList<PinnedHost> Compare(IReadOnlyDictionary<string, HostKey> shown)
    {
        var pinned = Lines().Select(HostKey.Parse).OfType<HostKey>().ToList();
        return [.. shown.Select(each => new PinnedHost(
            each.Key, each.Value, pinned.Find(pin => pin.Host == each.Value.Host && pin.Type == each.Value.Type)
                ?? pinned.Find(pin => pin.Host == each.Value.Host)))];
    }

    /// <summary>Pins the keys that the nodes show; those of other hosts stay.</summary>
    /// <exception cref="UserError">A node shows another key than the pinned one, and it may not be replaced.</exception>
    public void Pin(IReadOnlyList<PinnedHost> hosts, bool replaceChanged)
    {
        var changed = hosts.Where(host => host.HasChanged)
            .Select(host => $"{host.Node} shows {host.Key.Fingerprint}, pinned is {host.Before!.Fingerprint}").ToList();
        if (!replaceChanged && changed.Count > 0)
            throw new UserError(
                $"Not the pinned host key: {string.Join(", ", changed)}.",
                "Find out why: was the machine installed anew, or does another one answer? Then pin the new keys with --replace-pins.");
        var shown = hosts.Select(host => host.Key.Host).ToHashSet();
        IReadOnlyList<string> lines = [
            .. Lines().Where(line => HostKey.Parse(line) is not { } pin || !shown.Contains(pin.Host)).DefaultIfEmpty(Header),
            .. hosts.Select(host => $"{host.Key}"),
        ];
        Aside.Write(cluster.PinnedHostsFile, string.Concat(lines.Select(line => $"{line}\n")));
    }

    private IReadOnlyList<string> Lines() =>
        File.Exists(cluster.PinnedHostsFile) ? File.ReadAllLines(cluster.PinnedHostsFile) : [];
}

/// <summary>What became of a node's host key.</summary>
/// <param name="Before">The key that was pinned for it before; null for none.</param>
public sealed record PinnedHost(string Node, HostKey Key, HostKey? Before)
{
    /// <summary>Whether it shows another key than the one that was pinned.</summary>
    public bool HasChanged => Before is not null && Before.Key != Key.Key;
}

/// <summary>Shows the fingerprints of the nodes' host keys, as a person compares them with the machines' own.</summary>
public sealed class HostPinsTable(ConsoleLog log)
{
    /// <summary>Shows them.</summary>
    public void Show(IReadOnlyList<PinnedHost> hosts)
    {
        var table = new ConsoleTable("", "node", "host", "key", "fingerprint", "");
        foreach (var host in hosts)
            table.Row(host.HasChanged ? "✗" : "", host.Node, host.Key.Host, host.Key.Type, host.Key.Fingerprint, State(host));
        table.Show(log);
        log.Info("Compare them with what each machine itself says: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub");
    }

    private static string State(PinnedHost host) => host switch
    {
        { Before: null } => "new",
        { HasChanged: true } => "changed",
        _ => "as pinned",
    };
}
