namespace KubeLab.Ssh;

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
