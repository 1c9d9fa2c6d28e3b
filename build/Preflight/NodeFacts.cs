namespace KubeLab.Preflight;

/// <summary>
/// What a probe found out about a node. A fact that the node did not give (no such tool, output cut off) is null, or an empty
/// list where nothing can be told from it; a rule that needs it says so.
/// </summary>
public sealed record NodeFacts
{
    /// <summary>Whether the output came to its end.</summary>
    public bool Complete { get; init; }

    /// <summary>How the escalation of privileges ended.</summary>
    public BecomeOutcome Become { get; init; } = BecomeOutcome.Unknown;

    /// <summary>What the escalation said, such as sudo's complaint.</summary>
    public string BecomeMessage { get; init; } = "";

    /// <summary>The user id that the facts were read with: 0 sees all of them.</summary>
    public int? UserId { get; init; }

    /// <summary>MemTotal of /proc/meminfo in kB.</summary>
    public long? MemoryTotalKb { get; init; }

    /// <summary>The memory as Ansible counts it (<c>ansible_memtotal_mb</c>): MemTotal in kB by 1024, rounded down.</summary>
    public long? MemoryMb => MemoryTotalKb / 1024;

    /// <summary>The areas of swap that are on, as /proc/swaps names them; null where it can't be read.</summary>
    public IReadOnlyList<string>? SwapAreas { get; init; }

    /// <summary>The processors that a process may use, which is what kubeadm counts.</summary>
    public int? Cpus { get; init; }

    /// <summary>The machine as <c>uname -m</c> names it.</summary>
    public string? Machine { get; init; }

    /// <summary>The kernel's release, as <c>uname -r</c> names it.</summary>
    public string? Kernel { get; init; }

    /// <summary>/etc/os-release.</summary>
    public OsRelease? OperatingSystem { get; init; }

    /// <summary>The name of process 1: <c>systemd</c>, where it is.</summary>
    public string? InitProcess { get; init; }

    /// <summary>Whether systemd is running as the system's manager.</summary>
    public bool RunsSystemd { get; init; }

    /// <summary>The kind of container (<c>lxc</c>, <c>docker</c>), or null for a machine with a kernel of its own.</summary>
    public string? Container { get; init; }

    /// <summary>The version of the control group hierarchy, 1 or 2.</summary>
    public int? CgroupVersion { get; init; }

    /// <summary>The Python that Ansible would use; null where there is none.</summary>
    public PythonInterpreter? Python { get; init; }

    /// <summary>The name that the node gives itself.</summary>
    public string? HostName { get; init; }

    /// <summary>/etc/machine-id.</summary>
    public string? MachineId { get; init; }

    /// <summary>The product UUID of the firmware, which only root can read; null in a container, where it is the host's.</summary>
    public string? ProductUuid { get; init; }

    /// <summary>The file systems under the paths that matter.</summary>
    public IReadOnlyList<FileSystem> FileSystems { get; init; } = [];

    /// <summary>The network interfaces.</summary>
    public IReadOnlyList<NetworkInterface> Interfaces { get; init; } = [];

    /// <summary>The addresses on the interfaces; null where the node has no <c>ip</c>.</summary>
    public IReadOnlyList<InterfaceAddress>? Addresses { get; init; }

    /// <summary>The interfaces that the default routes go out of; null where the routes can't be read.</summary>
    public IReadOnlyList<string>? DefaultRoutes { get; init; }

    /// <summary>The name servers of /etc/resolv.conf; null where it can't be read.</summary>
    public IReadOnlyList<string>? NameServers { get; init; }

    /// <summary>The name servers that systemd-resolved asks; null where it isn't used.</summary>
    public IReadOnlyList<string>? ResolvedNameServers { get; init; }

    /// <summary>The TCP ports that something listens on; null where they can't be read.</summary>
    public IReadOnlyList<ListeningPort>? ListeningPorts { get; init; }

    /// <summary>The kernel modules that are loaded or built in.</summary>
    public IReadOnlyList<string> LoadedModules { get; init; } = [];

    /// <summary>The kernel modules that can be loaded.</summary>
    public IReadOnlyList<string> AvailableModules { get; init; } = [];

    /// <summary>The kernel releases that /lib/modules has modules for.</summary>
    public IReadOnlyList<string> ModuleTrees { get; init; } = [];

    /// <summary>The services that run, among those that rules ask for.</summary>
    public IReadOnlyList<string> Services { get; init; } = [];

    /// <summary>The paths that exist, among those that rules ask for.</summary>
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>The lock files of package managers that somebody holds.</summary>
    public IReadOnlyList<string> HeldPackageLocks { get; init; } = [];

    /// <summary>The certificate of the cluster that the node belongs to, in PEM; null where there is none.</summary>
    public string? ClusterCertificate { get; init; }

    /// <summary>The certificate of the etcd cluster that the node belongs to, in PEM; null where there is none.</summary>
    public string? EtcdCertificate { get; init; }

    /// <summary>The address of the API server that the node's kubelet was told; null where it has none.</summary>
    public string? ApiServer { get; init; }

    /// <summary>SELinux: true for enforcing, false for permissive, null where it is off.</summary>
    public bool? SelinuxEnforcing { get; init; }

    /// <summary>Whether ufw is set to start.</summary>
    public bool UfwEnabled { get; init; }

    /// <summary>Whether chrony follows a source; null where it doesn't run, or does not tell.</summary>
    public bool? ChronyFollows { get; init; }

    /// <summary>The node's clock.</summary>
    public ClockReading? Clock { get; init; }

    /// <summary>Whether the node has a kubelet that joined a cluster.</summary>
    public bool HasJoinedCluster => Paths.Contains("/etc/kubernetes/kubelet.conf");

    /// <summary>Whether the node holds the data of an etcd. The second path is that of Debian's package.</summary>
    public bool HasEtcdData => Paths.Contains("/var/lib/etcd/member") || Paths.Contains("/var/lib/etcd/default/member");
}
