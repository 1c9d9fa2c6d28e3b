namespace KubeLab.Preflight;

/// <summary>What a probe found out about a node. A fact that the node did not give (no such tool, output cut off) is null, or an
/// empty list where nothing can be told from it; a rule that needs it says so.</summary>
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

    /// <summary>The firmware's product UUID, which only root can read; null in a container, where it is the host's.</summary>
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

/// <summary>How the escalation of privileges on a node ended.</summary>
public enum BecomeOutcome
{
    /// <summary>The node's output does not tell.</summary>
    Unknown,

    /// <summary>It worked, or the login user is the user to become.</summary>
    Worked,

    /// <summary>It was refused.</summary>
    Refused,

    /// <summary>The method is one that the probe does not try.</summary>
    NotTried,
}

/// <summary>What a node's clock showed at the end of the probe.</summary>
/// <param name="SecondsSince1970">The time, in seconds; negative before 1970.</param>
/// <param name="Resolution">How finely the node could tell it, in seconds: 1 where its <c>date</c> knows no fractions.</param>
/// <param name="ProbeDuration">How long the probe ran on the node until then; null where the node does not tell.</param>
public sealed record ClockReading(double SecondsSince1970, double Resolution, TimeSpan? ProbeDuration);

/// <summary>The room on the file system under a path.</summary>
/// <param name="FreeBytes">What an ordinary process may still use.</param>
/// <param name="Inodes">Its inodes; 0 where it does not count them.</param>
public sealed record FileSystem(string Id, string Path, long SizeBytes, long FreeBytes, long Inodes, long FreeInodes);

/// <summary>An address on a node's interface.</summary>
public sealed record InterfaceAddress(string Interface, IPAddress Address, int PrefixLength)
{
    /// <summary>The network that the address is in.</summary>
    public IPNetwork Network => Subnet.Around(Address, PrefixLength);
}

/// <summary>A TCP port that something on a node listens on.</summary>
/// <param name="Owner">The name of the process, as the kernel keeps it: at most 15 characters; null where it isn't known.</param>
public sealed record ListeningPort(IPAddress Address, int Port, string? Owner);

/// <summary>A network interface of a node.</summary>
/// <param name="MacAddress">Its hardware address, lower case; null where it has none.</param>
/// <param name="Mtu">The largest packet that it sends, in bytes.</param>
public sealed record NetworkInterface(string Name, string? MacAddress, int? Mtu);

/// <summary>What os-release(5) says.</summary>
/// <param name="Id">The distribution's id, such as <c>debian</c>; <c>linux</c> where none is given.</param>
/// <param name="VersionId">Its version, such as <c>12</c>; null where it has none.</param>
public sealed record OsRelease(string Id, string? VersionId, string PrettyName);

/// <summary>A Python on a node.</summary>
/// <param name="Version">Its version; null where it did not say one, which is to say that it does not run.</param>
public sealed record PythonInterpreter(string Path, Version? Version, string Said);

/// <summary>Tells certificates apart.</summary>
public static class PemFingerprint
{
    /// <summary>The SHA-256 of the first certificate of a PEM text, in hexadecimal; of the whole text where it is none, which
    /// then differs from every certificate; null for no text.</summary>
    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(pem))]
    public static string? Of(string? pem)
    {
        if (pem is null)
            return null;
        var content = PemEncoding.TryFind(pem, out var fields)
            && Convert.TryFromBase64String(pem[fields.Base64Data], new byte[fields.DecodedDataLength], out _)
            ? Convert.FromBase64String(pem[fields.Base64Data]) : Encoding.UTF8.GetBytes(pem.Trim());
        return Convert.ToHexStringLower(SHA256.HashData(content));
    }
}
