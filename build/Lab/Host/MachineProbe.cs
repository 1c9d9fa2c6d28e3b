namespace KubeLab.Lab;

/// <summary>Reads <see cref="MachineFacts"/> from <c>/proc</c>, <c>/sys</c> and the file systems.</summary>
public sealed class MachineProbe(LabFolder lab, string cache)
{
    private const long Megabyte = 1024 * 1024;

    /// <summary>Looks at this machine.</summary>
    public MachineFacts Read()
    {
        var linux = OperatingSystem.IsLinux();
        var cgroups = linux ? NodeCgroup.DetectVersion() : null;
        return new MachineFacts(
            IsLinux: linux,
            IsRoot: Environment.IsPrivilegedProcess,
            Capabilities: linux ? ParseCapabilities(File.ReadAllText("/proc/self/status")) : 0,
            Cgroups: cgroups,
            MemoryAvailableMb: linux ? ParseMemoryAvailableMb(File.ReadAllText("/proc/meminfo")) : 0,
            MemoryOfLabMb: cgroups is { } version ? MemoryOfLabMb(version) : 0,
            Processors: Environment.ProcessorCount,
            Routes: linux && File.Exists("/proc/net/route") ? Route.Parse(File.ReadAllText("/proc/net/route")) : [],
            StateDisk: DiskOf(lab.Path),
            CacheDisk: DiskOf(cache));
    }

    /// <summary>The effective capabilities in <c>/proc/PID/status</c>; all of them where it doesn't say.</summary>
    internal static ulong ParseCapabilities(string status) =>
        Field(status, "CapEff:") is { } field
            && ulong.TryParse(field, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var bits)
            ? bits
            : ulong.MaxValue;

    /// <summary>MemAvailable in <c>/proc/meminfo</c>, from kB to MB, rounded down.</summary>
    internal static long ParseMemoryAvailableMb(string meminfo) =>
        Field(meminfo, "MemAvailable:") is { } field
            && long.TryParse(field.Split(' ')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var kilobytes)
            ? kilobytes / 1024
            : 0;

    private static string? Field(string text, string name) =>
        text.Split('\n').FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?[name.Length..].Trim();

    private long MemoryOfLabMb(CgroupVersion cgroups) =>
        lab.NodeNames().Sum(node => new NodeCgroup(node, cgroups).MemoryUsed() ?? 0) / Megabyte;

    // The nearest folder that exists decides: the rest will be made in it.
    private static Disk DiskOf(string folder)
    {
        var existing = folder;
        while (!Directory.Exists(existing) && Path.GetDirectoryName(existing) is { } parent)
            existing = parent;
        var drive = new DriveInfo(existing);
        var mounts = MountTable.Read();
        var mount = mounts.Mounts.LastOrDefault(mount => IsAtOrBelow(existing, mount.Target)
            && mounts.Mounts.All(other => !IsAtOrBelow(existing, other.Target) || other.Target.Length <= mount.Target.Length));
        return new Disk(
            folder, mount?.Target ?? drive.Name, mount?.FileSystem ?? drive.DriveFormat, drive.AvailableFreeSpace / Megabyte);
    }

    private static bool IsAtOrBelow(string path, string target) =>
        target == "/" || path == target || path.StartsWith($"{target}/", StringComparison.Ordinal);
}

/// <summary>What the lab's requirements are judged by: this machine, as it was when it was looked at.</summary>
/// <param name="Capabilities">The effective capabilities, as the bits of capability.h.</param>
/// <param name="Cgroups">The version of control groups that limit memory; null if none do.</param>
/// <param name="MemoryAvailableMb">Memory that new work could have, in MB (MemAvailable).</param>
/// <param name="MemoryOfLabMb">Memory that the lab's own nodes use now, in MB: it counts as available to them.</param>
public sealed record MachineFacts(
    bool IsLinux,
    bool IsRoot,
    ulong Capabilities,
    CgroupVersion? Cgroups,
    long MemoryAvailableMb,
    long MemoryOfLabMb,
    int Processors,
    IReadOnlyList<Route> Routes,
    Disk StateDisk,
    Disk CacheDisk);
