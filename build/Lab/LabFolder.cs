namespace KubeLab.Lab;

/// <summary>What the lab keeps on this machine beside the image cache. All of it is gone after <c>LabDown</c>.</summary>
public sealed record LabFolder(string Path)
{
    /// <summary>Where the lab is, unless a test says otherwise.</summary>
    public static LabFolder Default { get; } = new("/var/lib/kubelab/lab");

    /// <summary>The private key of the user <c>kubelab</c> on every node; the public one beside it has <c>.pub</c>.</summary>
    public string PrivateKey => $"{Path}/id_ed25519";

    /// <summary>The nodes' host keys in OpenSSH's format.</summary>
    public string KnownHosts => $"{Path}/known_hosts";

    /// <summary>A link to the image that nodes run on, which LXC's configuration names: the cache may have any path.</summary>
    public string Image => $"{Path}/image";

    /// <summary>The nodes' seccomp policy; see <see cref="Lab.SeccompPolicy"/>.</summary>
    public string SeccompPolicy => $"{Path}/seccomp";

    /// <summary>What kernel settings that nodes share with this machine were before there were any; see
    /// <see cref="SharedKernelSettings"/>.</summary>
    public string KernelSettings => $"{Path}/kernel-settings";

    /// <summary>Is there when the nodes have a way out; what this machine forwarded before. See <see cref="WayOut"/>.</summary>
    public string WayOut => $"{Path}/way-out";

    /// <summary>LXC's container path: one folder a node. Never the machine's own <c>/var/lib/lxc</c>.</summary>
    public string Nodes => $"{Path}/nodes";

    /// <summary>The process id of the lxcfs that the lab has started, where it had to.</summary>
    public string LxcfsProcessId => $"{Path}/lxcfs.pid";

    /// <summary>The file by which lxcfs itself makes sure that it runs once.</summary>
    public string LxcfsLock => $"{Path}/lxcfs.lock";

    /// <summary>Is there when the lab has had systemd start lxcfs.</summary>
    public string LxcfsUnitStarted => $"{Path}/lxcfs.service-started";

    /// <summary>Is there when the lab has added a rule to this machine's firewall; see <see cref="BridgedTraffic"/>.</summary>
    public string FirewallRule => $"{Path}/firewall-rule-added";

    /// <summary>The folder of one node.</summary>
    public NodeFolder Of(string node) => new($"{Nodes}/{node}");

    /// <summary>The names of the nodes that have a folder, wanted or not.</summary>
    public IReadOnlyList<string> NodeNames() => Directory.Exists(Nodes)
        ? [.. Directory.GetDirectories(Nodes).Select(System.IO.Path.GetFileName).OfType<string>().Order(StringComparer.Ordinal)]
        : [];
}
