using KubeLab.Clusters;
using KubeLab.Commands;

namespace KubeLab.Ssh;

/// <summary>Picks the SSH client that a cluster's settings ask for.</summary>
public static partial class NodeShells
{
    /// <summary>The shell for a cluster's nodes.</summary>
    /// <exception cref="UserError">The client that is asked for is not part of this build.</exception>
    public static INodeShell For(Cluster cluster, SshOptions options, CommandRunner commands)
    {
        if (cluster.Settings.Ssh.Client == "openssh")
            return new OpenSshShell(options, commands);
        INodeShell? shell = null;
        CreateSshNet(cluster, options, ref shell);
        return shell ?? throw new UserError(
            "The SSH client sshnet is not part of this build: the package feed that it was built with does not serve SSH.NET.",
            "Use the system's OpenSSH client: --ssh-client openssh.");
    }

    // Implemented in SshNetShell.cs, which is compiled only where the SSH.NET package is served.
    static partial void CreateSshNet(Cluster cluster, SshOptions options, ref INodeShell? shell);
}
