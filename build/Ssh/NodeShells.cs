using KubeLab.Clusters;

namespace KubeLab.Ssh;

/// <summary>Picks the SSH client that a cluster's settings ask for.</summary>
public static partial class NodeShells
{
    /// <summary>The shell for a cluster's nodes.</summary>
    /// <exception cref="UserError">The client that is asked for is not there.</exception>
    public static INodeShell For(Cluster cluster, SshOptions options, CommandRunner commands)
    {
        INodeShell shell = new OpenSshShell(options, commands);
        if (cluster.Settings.Ssh.Client == "openssh")
            return shell;
        INodeShell? other = null;
        UseSshNet(cluster, options, shell, ref other);
        return other ?? throw new UserError(
            "The SSH client sshnet is not part of this build: the package feed that KubeLab was built from does not serve SSH.NET.",
            "Use the system's OpenSSH client: --ssh-client openssh, or leave ssh.client out.");
    }

    /// <summary>Implemented beside <c>SshNetShell</c>, which is compiled only where the package SSH.NET is to be had.</summary>
    static partial void UseSshNet(Cluster cluster, SshOptions options, INodeShell local, ref INodeShell? shell);
}
