using KubeLab.Clusters;

namespace KubeLab.Ssh;

/// <summary>Picks the SSH client that a cluster's settings ask for.</summary>
public static class NodeShells
{
    /// <summary>The shell for a cluster's nodes.</summary>
    public static INodeShell For(Cluster cluster, SshOptions options, CommandRunner commands)
    {
        var openSsh = new OpenSshShell(options, commands);
        if (cluster.Settings.Ssh.Client == "openssh")
            return openSsh;
        var own = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".ssh", "known_hosts");
        string[] knownHosts = cluster.Settings.Ssh.KnownHosts is { } pinned ? [pinned] : [own, "/etc/ssh/ssh_known_hosts"];
        return new SshNetShell(options, cluster.Settings.Ssh.HostKeyChecking, knownHosts, openSsh);
    }
}
