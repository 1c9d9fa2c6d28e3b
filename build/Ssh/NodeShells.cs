using KubeLab.Clusters;
using KubeLab.Commands;

namespace KubeLab.Ssh;

/// <summary>Picks the SSH client that a cluster's settings ask for.</summary>
public static class NodeShells
{
    /// <summary>The shell for a cluster's nodes.</summary>
    /// <exception cref="UserError">The client that is asked for is not there.</exception>
    public static INodeShell For(Cluster cluster, SshOptions options, CommandRunner commands) => cluster.Settings.Ssh.Client == "openssh"
        ? new OpenSshShell(options, commands)
        : throw new UserError(
            "The SSH client sshnet is not implemented yet.", "Use the system's OpenSSH client: --ssh-client openssh, or leave ssh.client out.");
}
