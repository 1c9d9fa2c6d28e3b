namespace KubeLab.Preflight;

/// <summary>
/// What a probe found out about a node. A fact that the node did not give (no such tool) is null, or an empty list where nothing
/// can be told from it; a rule that needs it says so. A fact whose section of the answer did not come whole throws where it is
/// read.
/// </summary>
public sealed record NodeFacts
{
    /// <summary>Whether the output came to its end, whole and in order.</summary>
    public bool Complete { get; init; }

    /// <summary>What is wrong with each section of the answer that did not come whole, by its name.</summary>
    public IReadOnlyDictionary<string, string> Broken { get; init; } = new Dictionary<string, string>();

    /// <summary>The tools that the node lacks, among those that the probe uses.</summary>
    public IReadOnlyList<string> Lacking { get => Of(field, "lacking"); init; } = [];

    /// <summary>How the escalation of privileges ended.</summary>
    public BecomeOutcome Become { get => Of(field, "user"); init; } = BecomeOutcome.Unknown;

    /// <summary>What the escalation said, such as sudo's complaint.</summary>
    public string BecomeMessage { get; init; } = "";

    /// <summary>The user id that the facts were read with: 0 sees all of them.</summary>
    public int? UserId { get => Of(field, "files"); init; }

    /// <summary>MemTotal of /proc/meminfo in kB.</summary>
    public long? MemoryTotalKb { get => Of(field, "files"); init; }

    /// <summary>The memory as Ansible counts it (<c>ansible_memtotal_mb</c>): MemTotal in kB by 1024, rounded down.</summary>
    public long? MemoryMb => MemoryTotalKb / 1024;

    /// <summary>The areas of swap that are on, as /proc/swaps names them; null where it can't be read.</summary>
    public IReadOnlyList<string>? SwapAreas { get => Of(field, "files"); init; }

    /// <summary>The processors that a process may use, which is what kubeadm counts.</summary>
    public int? Cpus { get => Of(field, "files"); init; }

    /// <summary>The machine as <c>uname -m</c> names it.</summary>
    public string? Machine { get => Of(field, "files", "machine"); init; }

    /// <summary>The kernel's release, as <c>uname -r</c> names it.</summary>
    public string? Kernel { get => Of(field, "files"); init; }

    /// <summary>/etc/os-release.</summary>
    public OsRelease? OperatingSystem { get => Of(field, "files"); init; }

    /// <summary>The name of process 1: <c>systemd</c>, where it is.</summary>
    public string? InitProcess { get => Of(field, "files"); init; }

    /// <summary>Whether systemd is running as the system's manager.</summary>
    public bool RunsSystemd { get => Of(field, "paths"); init; }

    /// <summary>The kind of container (<c>lxc</c>, <c>docker</c>), or null for a machine with a kernel of its own.</summary>
    public string? Container { get => Of(field, "files", "paths"); init; }

    /// <summary>Whether a process there can raise its limits and lower its score for the OOM killer (CAP_SYS_RESOURCE); null
    /// where it does not tell.</summary>
    public bool? CanRaiseLimits { get => Of(field, "files"); init; }

    /// <summary>How many files a process there may open at the most, as its process 1 may; null where it does not tell.</summary>
    public long? OpenFilesLimit { get => Of(field, "files"); init; }

    /// <summary>The version of the control group hierarchy, 1 or 2.</summary>
    public int? CgroupVersion { get => Of(field, "paths"); init; }

    /// <summary>The Python that Ansible would use; null where there is none.</summary>
    public PythonInterpreter? Python { get => Of(field, "python"); init; }

    /// <summary>The name that the node gives itself.</summary>
    public string? HostName { get => Of(field, "files"); init; }

    /// <summary>/etc/machine-id.</summary>
    public string? MachineId { get => Of(field, "files"); init; }

    /// <summary>The firmware's product UUID, which only root can read; null in a container, where it is the host's.</summary>
    public string? ProductUuid { get => Of(field, "files", "paths"); init; }

    /// <summary>The file systems under the paths that matter.</summary>
    public IReadOnlyList<FileSystem> FileSystems { get => Of(field, "disks"); init; } = [];

    /// <summary>The network interfaces.</summary>
    public IReadOnlyList<NetworkInterface> Interfaces { get => Of(field, "files"); init; } = [];

    /// <summary>The addresses on the interfaces; null where the node has no <c>ip</c>.</summary>
    public IReadOnlyList<InterfaceAddress>? Addresses { get => Of(field, "addresses"); init; }

    /// <summary>The interfaces that the default routes go out of; null where the routes can't be read.</summary>
    public IReadOnlyList<string>? DefaultRoutes { get => Of(field, "files"); init; }

    /// <summary>The name servers of /etc/resolv.conf; null where it can't be read.</summary>
    public IReadOnlyList<string>? NameServers { get => Of(field, "files"); init; }

    /// <summary>The name servers that systemd-resolved asks; null where it isn't used.</summary>
    public IReadOnlyList<string>? ResolvedNameServers { get => Of(field, "files"); init; }

    /// <summary>The TCP ports that something listens on; null where they can't be read.</summary>
    public IReadOnlyList<ListeningPort>? ListeningPorts { get => Of(field, "files", "owners"); init; }

    /// <summary>The kernel modules that are loaded or built in.</summary>
    public IReadOnlyList<string> LoadedModules { get => Of(field, "modules"); init; } = [];

    /// <summary>The kernel modules that can be loaded.</summary>
    public IReadOnlyList<string> AvailableModules { get => Of(field, "modules"); init; } = [];

    /// <summary>The kernel releases that /lib/modules has modules for.</summary>
    public IReadOnlyList<string> ModuleTrees { get => Of(field, "paths"); init; } = [];

    /// <summary>The services that run, among those that rules ask for.</summary>
    public IReadOnlyList<string> Services { get => Of(field, "services"); init; } = [];

    /// <summary>The paths that exist, among those that rules ask for.</summary>
    public IReadOnlyList<string> Paths { get => Of(field, "paths"); init; } = [];

    /// <summary>The lock files of package managers that somebody holds.</summary>
    public IReadOnlyList<string> HeldPackageLocks { get => Of(field, "files", "locks"); init; } = [];

    /// <summary>The certificate of the cluster that the node belongs to, in PEM; null where there is none.</summary>
    public string? ClusterCertificate { get => Of(field, "files"); init; }

    /// <summary>The certificate of the etcd cluster that the node belongs to, in PEM; null where there is none.</summary>
    public string? EtcdCertificate { get => Of(field, "files"); init; }

    /// <summary>The address of the API server that the node's kubelet was told; null where it has none.</summary>
    public string? ApiServer { get => Of(field, "server"); init; }

    /// <summary>SELinux: true for enforcing, false for permissive, null where it is off.</summary>
    public bool? SelinuxEnforcing { get => Of(field, "files"); init; }

    /// <summary>Whether ufw is set to start.</summary>
    public bool UfwEnabled { get => Of(field, "files"); init; }

    /// <summary>Whether chrony follows a source; null where it doesn't run, or does not tell.</summary>
    public bool? ChronyFollows { get => Of(field, "time"); init; }

    /// <summary>The node's clock.</summary>
    public ClockReading? Clock { get => Of(field, "clock"); init; }

    /// <summary>The file systems that are mounted, but for those that a container or the system itself made; null where they
    /// can't be read.</summary>
    public IReadOnlyList<MountPoint>? Mounts { get => Of(field, "files"); init; }

    /// <summary>How many inotify instances one user may have; null where it can't be read.</summary>
    public int? InotifyInstances { get => Of(field, "files"); init; }

    /// <summary>How many inotify watches one user may have; null where it can't be read.</summary>
    public int? InotifyWatches { get => Of(field, "files"); init; }

    /// <summary>Whether the kernel speaks IPv6; null where it does not tell.</summary>
    public bool? HasIpv6 { get => Of(field, "files"); init; }

    /// <summary>The domains that a short name is looked up in.</summary>
    public IReadOnlyList<string> SearchDomains { get => Of(field, "files"); init; } = [];

    /// <summary>The level of x86-64 that the processor has (x86-64 psABI): 1 to 4; null on other machines, or where it does not
    /// tell.</summary>
    public int? X86Level { get => Of(field, "processor", "files", "machine"); init; }

    /// <summary>Whether each XFS file system keeps the type of an entry (ftype=1), by its mount point.</summary>
    public IReadOnlyDictionary<string, bool> XfsTypes { get => Of(field, "xfs", "files"); init; } =
        new Dictionary<string, bool>();

    /// <summary>The version of the GNU C library; null where it wasn't asked for, or where there is another.</summary>
    public Version? Glibc { get => Of(field, "libc"); init; }

    /// <summary>The addresses of the names that were asked for; none for a name that does not resolve.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<IPAddress>> Resolved { get => Of(field, "names"); init; } =
        new Dictionary<string, IReadOnlyList<IPAddress>>();

    /// <summary>The file system that a path lies on; null where it isn't known.</summary>
    public MountPoint? MountOf(string path) => Mounts?.Where(mount => mount.Holds(path)).MaxBy(mount => mount.Path.Length);

    /// <summary>Whether the node has a kubelet that joined a cluster.</summary>
    public bool HasJoinedCluster => Paths.Contains("/etc/kubernetes/kubelet.conf");

    /// <summary>Whether the node holds the data of an etcd. The second path is that of Debian's package.</summary>
    public bool HasEtcdData => Paths.Contains("/var/lib/etcd/member") || Paths.Contains("/var/lib/etcd/default/member");

    /// <summary>Why a fact isn't known: the first of the tools that the node lacks, or else what is said.</summary>
    public string Without(string otherwise, params ReadOnlySpan<string> tools)
    {
        foreach (var tool in tools)
        {
            if (Broken.ContainsKey("lacking") is false && Lacking.Contains(tool))
                return $"it has no {tool}";
        }

        return otherwise;
    }

    private T Of<T>(T fact, params ReadOnlySpan<string> sections)
    {
        foreach (var section in sections)
        {
            if (Broken.TryGetValue(section, out var reason))
                throw new UnknownFactException(this, section, reason);
        }

        return fact;
    }

    private bool PrintMembers(StringBuilder text)
    {
        text.Append("HostName = ").Append(Broken.ContainsKey("files") ? "?" : HostName).Append(", Complete = ").Append(Complete);
        return true;
    }
}

/// <summary>A fact is asked for whose section of the node's answer did not come whole.</summary>
public sealed class UnknownFactException(NodeFacts facts, string section, string reason)
    : Exception($"the part {section} of its answer can't be used: {reason}")
{
    /// <summary>The facts that it is missing among.</summary>
    public NodeFacts Facts => facts;
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

/// <summary>A file system that is mounted (fstab(5)).</summary>
public sealed record MountPoint(string Path, string Type, IReadOnlyList<string> Options)
{
    /// <summary>Whether a path lies on or under it.</summary>
    public bool Holds(string path) =>
        Path == "/" || path == Path || path.StartsWith($"{Path}/", StringComparison.Ordinal);
}

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
