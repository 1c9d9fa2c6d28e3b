using System.Buffers;

namespace KubeLab.Preflight;

/// <summary>Makes typed facts of a probe's output. It never throws: what cannot be read is a fact that is missing.</summary>
public static class NodeFactsParser
{
    // proc(5) and sysfs(5) name these; a container's own files stand in for the kernel's where lxcfs provides them.
    private const string ProductUuidFile = "/sys/class/dmi/id/product_uuid";

    private static readonly SearchValues<char> VersionCharacters = SearchValues.Create("0123456789.");

    /// <summary>Reads the output of a probe, however damaged.</summary>
    /// <param name="marker">The random word that the probe framed its sections with.</param>
    /// <returns>The facts, or null where the probe did not even begin.</returns>
    public static NodeFacts? Parse(string output, string marker)
    {
        var probe = ProbeOutput.Parse(output, marker);
        if (!probe.Began)
            return null;
        var files = FileLines.Parse(probe["files"]);
        var paths = probe["paths"];
        var container = Container(files, paths);
        var kernel = files.First("/proc/sys/kernel/osrelease");
        return new NodeFacts
        {
            Complete = probe.Complete,
            Broken = probe.Broken,
            Lacking = [.. probe["lacking"].Distinct()],
            Become = Become(probe["user"]),
            BecomeMessage = string.Join(' ', probe.Said),
            UserId = Number([Status(files, "Uid:")?.Split('\t')[0] ?? ""]),
            MemoryTotalKb = MemoryTotal(files),
            SwapAreas = files.Has("/proc/swaps")
                ? [.. files["/proc/swaps"].Skip(1).Select(line => line.Split(' ', '\t')[0])]
                : null,
            Cpus = CpuList.Common(Status(files, "Cpus_allowed_list:"), files.First("/sys/devices/system/cpu/online")),
            Machine = files.First("/proc/sys/kernel/arch") ?? (probe["machine"] is [var machine, ..] ? machine : null),
            Kernel = kernel,
            OperatingSystem = files.Has("/etc/os-release") ? OsReleaseParser.Parse(files["/etc/os-release"]) : null,
            InitProcess = files.First("/proc/1/comm"),
            RunsSystemd = paths.Contains("/run/systemd/system"),
            Container = container,
            CanRaiseLimits = CanRaiseLimits(files),
            OpenFilesLimit = OpenFilesLimit(files),
            CgroupVersion = probe.Has("paths") ? paths.Contains("/sys/fs/cgroup/cgroup.controllers") ? 2 : 1 : null,
            Python = Python(probe["python"]),
            HostName = files.First("/proc/sys/kernel/hostname"),
            MachineId = files.First("/etc/machine-id"),
            ProductUuid = container is null ? files.First(ProductUuidFile)?.ToLowerInvariant() : null,
            FileSystems = FileSystemParser.Parse(probe["disks"]),
            Interfaces = Interfaces(files),
            Addresses = probe["addresses"].Count > 0 ? [.. probe["addresses"].Select(Address).OfType<InterfaceAddress>()] : null,
            DefaultRoutes = DefaultRoutes(files),
            NameServers = NameServers(files, "/etc/resolv.conf"),
            ResolvedNameServers = NameServers(files, "/run/systemd/resolve/resolv.conf"),
            ListeningPorts = files.Has("/proc/net/tcp") || files.Has("/proc/net/tcp6")
                ? SocketParser.Parse([.. files["/proc/net/tcp"], .. files["/proc/net/tcp6"]], probe["owners"])
                : null,
            LoadedModules = [.. probe["modules"].Where(line => line.StartsWith("loaded ", StringComparison.Ordinal))
                .Select(line => line[7..])],
            AvailableModules = [.. probe["modules"].Select(ModuleName).OfType<string>().Distinct()],
            ModuleTrees = [.. paths.Where(path => path.StartsWith("/lib/modules/", StringComparison.Ordinal))
                .Select(path => path[13..])
                .Distinct()],
            Services = [.. probe["services"].Distinct()],
            Paths = [.. paths.Distinct()],
            HeldPackageLocks = HeldLocks([.. files["/proc/locks"], .. probe["locks"]]),
            ClusterCertificate = Certificate(files, "/etc/kubernetes/pki/ca.crt")
                ?? Certificate(files, "/etc/kubernetes/ssl/ca.crt"),
            EtcdCertificate = Certificate(files, "/etc/ssl/etcd/ssl/ca.pem")
                ?? Certificate(files, "/etc/kubernetes/pki/etcd/ca.crt"),
            ApiServer = probe["server"] is [var server, ..] && server.Trim().Split(' ', 2) is ["server:", var url]
                ? url.Trim()
                : null,
            SelinuxEnforcing = files.First("/sys/fs/selinux/enforce") switch { "1" => true, "0" => false, _ => null },
            UfwEnabled = files["/etc/ufw/ufw.conf"].Any(
                line => line.Trim().Equals("ENABLED=yes", StringComparison.OrdinalIgnoreCase)),
            // chronyc(1), tracking: the last of 14 fields is the leap status.
            ChronyFollows = probe["time"] is [var tracking, ..] && tracking.Split(',') is { Length: >= 14 } fields
                ? fields[^1] != "Not synchronised"
                : null,
            Clock = ClockReadingParser.Parse(probe["clock"]),
            Mounts = files.Has("/proc/self/mounts") ? [.. files["/proc/self/mounts"].Select(Mount).OfType<MountPoint>()] : null,
            InotifyInstances = Number([files.First("/proc/sys/fs/inotify/max_user_instances") ?? ""]),
            InotifyWatches = Number([files.First("/proc/sys/fs/inotify/max_user_watches") ?? ""]),
            // A kernel without IPv6 has no such file; one that has the others told of all that it has.
            HasIpv6 = files.First("/proc/sys/net/ipv6/conf/all/disable_ipv6") switch
            {
                "0" => true,
                null when kernel is null => null,
                _ => false,
            },
            SearchDomains = SearchDomainsOf(files["/etc/resolv.conf"]),
            X86Level = probe["processor"] is [var flags, ..] ? X86Level.Of(Words(flags)) : null,
            XfsTypes = probe["xfs"].Select(line => line.Split(' ', 2)).Where(words => words is ["0" or "1", ['/', ..]])
                .DistinctBy(words => words[1]).ToDictionary(words => Unescaped(words[1]), words => words[0] == "1"),
            Glibc = probe["libc"] is [var libc, ..] && Words(libc) is ["glibc", var glibc]
                && Version.TryParse(glibc, out var version)
                ? version : null,
            Resolved = Resolved(probe["names"]),
        };
    }

    private static BecomeOutcome Become(IReadOnlyList<string> lines) => lines switch
    {
        ["given"] => BecomeOutcome.Worked,
        ["refused by sudo" or "refused by doas" or "refused by none"] => BecomeOutcome.Refused,
        [var line] when line.StartsWith("refused by ", StringComparison.Ordinal) => BecomeOutcome.NotTried,
        _ => BecomeOutcome.Unknown,
    };

    private static long? MemoryTotal(FileLines files)
    {
        var line = files["/proc/meminfo"].FirstOrDefault(line => line.StartsWith("MemTotal:", StringComparison.Ordinal));
        var words = line?.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        return words is [_, var figure, "kB"] && long.TryParse(figure, NumberStyles.None, null, out var kilobytes)
            ? kilobytes
            : null;
    }

    // "Uid:	0	0	0	0": the process that read the files says what its user and its processors are (proc(5)).
    private static string? Status(FileLines files, string key) =>
        files["/proc/self/status"].FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal))?[key.Length..].Trim();

    private static string? Container(FileLines files, IReadOnlyList<string> paths) => files.First("/run/systemd/container")
        ?? (paths.Contains("/.dockerenv") ? "docker" : paths.Contains("/run/.containerenv") ? "podman" : null);

    // "CapBnd:	000001ffffffffff", as the bits of capability.h.
    private static bool? CanRaiseLimits(FileLines files) =>
        ulong.TryParse(Status(files, "CapBnd:"), NumberStyles.AllowHexSpecifier, null, out var bits)
            ? (bits & (1UL << 24)) != 0
            : null;

    // "Max open files            1024                 524288               files": the soft limit, and the hard one (proc(5)).
    private static long? OpenFilesLimit(FileLines files) =>
        files["/proc/1/limits"].Select(Words).FirstOrDefault(words => words is ["Max", "open", "files", _, _, ..])?[4] switch
        {
            "unlimited" => long.MaxValue,
            { } text when long.TryParse(text, NumberStyles.None, null, out var limit) => limit,
            _ => null,
        };

    // "python3 Python 3.11.2"
    private static PythonInterpreter? Python(IReadOnlyList<string> lines)
    {
        if (lines is not [var line, ..] || line.Split(' ', 2) is not [var path, var said])
            return null;
        var version = said.StartsWith("Python ", StringComparison.Ordinal) ? LeadingVersion(said[7..]) : null;
        return new PythonInterpreter(path, version, said);
    }

    // Pre-releases and vendors append to it: 3.13.0rc1, 3.11.2+.
    private static Version? LeadingVersion(string text)
    {
        var end = text.AsSpan().IndexOfAnyExcept(VersionCharacters);
        return Version.TryParse((end < 0 ? text : text[..end]).TrimEnd('.'), out var version) ? version : null;
    }

    private static List<NetworkInterface> Interfaces(FileLines files)
    {
        const string folder = "/sys/class/net/";
        return [.. files.Names.Where(name => name.StartsWith(folder, StringComparison.Ordinal))
            .Select(name => name[folder.Length..].Split('/')[0])
            .Distinct()
            .Select(name => new NetworkInterface(
                name, files.First($"{folder}{name}/address")?
                    .ToLowerInvariant(), Number([files.First($"{folder}{name}/mtu") ?? ""])))];
    }

    // "2: eth0    inet 192.0.2.10/24 brd 192.0.2.255 scope global eth0", of ip -o addr show.
    private static InterfaceAddress? Address(string line)
    {
        if (Words(line) is not [_, var name, "inet" or "inet6", var text, ..])
            return null;

        // A point-to-point address has no prefix length: it stands alone.
        var parts = text.Split('/');
        if (!Subnet.TryParseAddress(parts[0], out var address))
            return null;
        var bits = Subnet.Bits(address);
        var length = parts.Length == 2 && int.TryParse(parts[1], out var prefix) && prefix >= 0 && prefix <= bits ? prefix : bits;
        return new InterfaceAddress(name.Split('@')[0], address, length);
    }

    // "1: POSIX  ADVISORY  WRITE 1234 fe:00:5678 0 EOF" of /proc/locks (proc(5)) tells an inode that is locked, and
    // "5678 /var/lib/dpkg/lock" of ls -i whose it is.
    private static List<string> HeldLocks(IReadOnlyList<string> lines)
    {
        var split = lines.Select(Words).ToList();
        var locked = split.Where(words => words.Length >= 8 && words[0].EndsWith(':') && words[1] != "->")
            .Select(words => words[5].Split(':')[^1]).ToHashSet();
        return [.. split.Where(words => words is [var inode, ['/', ..]] && locked.Contains(inode)).Select(words => words[1])];
    }

    // The columns of /proc/net/route: interface, destination, gateway, flags, …, mask at the eighth; of ipv6_route: destination,
    // its length, …, the interface last. A route "unreachable" is on lo.
    private static List<string>? DefaultRoutes(FileLines files)
    {
        if (!files.Has("/proc/net/route"))
            return null;
        var four = files["/proc/net/route"].Select(Words)
            .Where(words => words.Length >= 8 && words[1] == "00000000" && words[7] == "00000000").Select(words => words[0]);
        var six = files["/proc/net/ipv6_route"].Select(Words).Where(words => words.Length >= 10 && words[1] == "00")
            .Select(words => words[^1]);
        return [.. four.Concat(six).Where(name => name != "lo").Distinct()];
    }

    private static List<string>? NameServers(FileLines files, string file) => files.Has(file)
        ? [.. files[file].Select(Words).Where(words => words is ["nameserver", _, ..]).Select(words => words[1])]
        : null;

    // "/dev/sda1 /var/lib xfs rw,noexec 0 0"
    private static MountPoint? Mount(string line) => Words(line) is [_, ['/', ..] path, var type, var options, ..]
        ? new MountPoint(Unescaped(path), type, options.Split(','))
        : null;

    // Blanks in a path are written as \040 (fstab(5)).
    private static string Unescaped(string path) => path.Replace(@"\040", " ").Replace(@"\011", "\t").Replace(@"\134", @"\");

    // The last of these lines counts (resolv.conf(5)).
    private static IReadOnlyList<string> SearchDomainsOf(IReadOnlyList<string> lines) =>
        lines.Select(Words).LastOrDefault(words => words is ["search" or "domain", _, ..])?[1..] ?? [];

    // "NAME ADDRESS NAME", as getent hosts says it; further addresses have lines of their own.
    private static Dictionary<string, IReadOnlyList<IPAddress>> Resolved(IReadOnlyList<string> lines)
    {
        var resolved = new Dictionary<string, List<IPAddress>>();
        string? name = null;
        foreach (var line in lines)
        {
            var words = Words(line);
            if (!IPAddress.TryParse(words[0], out _))
                resolved.TryAdd(name = words[0], []);
            if (name is not null && words.Select(word => Subnet.TryParseAddress(word, out var address) ? address : null)
                .OfType<IPAddress>().FirstOrDefault() is { } found)
                resolved[name].Add(found);
        }

        return resolved.ToDictionary(each => each.Key, IReadOnlyList<IPAddress> (each) => each.Value);
    }

    private static string? Certificate(FileLines files, string file) =>
        files.Has(file) ? string.Join('\n', files[file]) + "\n" : null;

    // "/kernel/net/bridge/br_netfilter.ko.xz:"
    private static string? ModuleName(string line) =>
        line.StartsWith('/') && line.IndexOf(".ko", StringComparison.Ordinal) is > 1 and var end ? line[1..end] : null;

    private static int? Number(IReadOnlyList<string> lines) =>
        lines is [var text, ..] && int.TryParse(text.Trim(), NumberStyles.None, null, out var number) ? number : null;

    private static string[] Words(string line) => line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
}
