namespace KubeLab.Lab;

/// <summary>What system calls a node may make: LXC's own policy for containers, but for what Kubespray does to
/// machines.</summary>
internal sealed class SeccompPolicy(LabFolder lab)
{
    private const string Common = "/usr/share/lxc/config/common.seccomp";

    /// <summary>Writes the policy that the nodes' configuration names.</summary>
    public void Write() => UnixFile.Write(lab.SeccompPolicy, For(File.ReadAllText(Common)), UnixFile.Readable);

    /// <summary>A policy under which <c>umount -f</c> works, which reset.yml and remove-node.yml run (roles/reset/tasks/main.yml,
    /// v2.18.2 to v2.31.0), and <c>swapoff -a</c>, which preinstall runs, leaves this machine its swap: it succeeds and does
    /// nothing.</summary>
    internal static string For(string common)
    {
        var kept = common.TrimEnd().Split('\n').Where(line => !line.StartsWith("reject_force_umount", StringComparison.Ordinal));
        return $"{string.Join('\n', kept)}\nswapoff errno 0\nswapon errno 1\n";
    }
}
