using System.Globalization;

namespace KubeLab.Lab;

/// <summary>What limits a node, as control group files and what is written into them.</summary>
internal static class NodeLimits
{
    /// <summary>The file that limits memory, in bytes.</summary>
    public static string MemoryFile(CgroupVersion cgroups) => cgroups == CgroupVersion.V2 ? "memory.max" : "memory.limit_in_bytes";

    /// <summary>The memory limit of a node in bytes.</summary>
    public static long MemoryBytes(LabNode node) => node.MemoryMb * 1024L * 1024L;

    /// <summary>The first processors as a cpuset lists them: <c>0</c>, <c>0-3</c>.</summary>
    public static string CpuSet(int cpus) => cpus == 1 ? "0" : string.Create(CultureInfo.InvariantCulture, $"0-{cpus - 1}");
}
