namespace KubeLab.Lab;

/// <summary>The control groups of one node, as files below <c>/sys/fs/cgroup</c>.</summary>
public sealed class NodeCgroup(string node, CgroupVersion version, string root = NodeCgroup.Root)
{
    /// <summary>The control group that the nodes' own lie in.</summary>
    internal const string Parent = "kubelab";

    /// <summary>The control group that LXC's monitors lie in.</summary>
    internal const string MonitorParent = "kubelab.monitor";

    internal const string Root = "/sys/fs/cgroup";

    private string Memory => version == CgroupVersion.V2 ? $"{root}/{Parent}/{node}" : $"{root}/memory/{Parent}/{node}";

    /// <summary>The memory limit in bytes; null when there is none or the node isn't running.</summary>
    public long? MemoryLimit() => ReadNumber($"{Memory}/{NodeLimits.MemoryFile(version)}");

    /// <summary>The memory in use in bytes as kubectl and docker count it: no inactive file cache; null unless it runs.</summary>
    public long? MemoryUsed()
    {
        var v2 = version == CgroupVersion.V2;
        var all = ReadNumber($"{Memory}/{(v2 ? "memory.current" : "memory.usage_in_bytes")}");
        return all - (ReadStatistic(v2 ? "inactive_file" : "total_inactive_file") ?? 0);
    }

    /// <summary>Gives a running node another memory limit.</summary>
    /// <returns>False if more than that is in use: version 1 refuses then, and version 2 would end processes.</returns>
    public bool TrySetMemoryLimit(long bytes)
    {
        if (version == CgroupVersion.V2 && MemoryUsed() > bytes)
            return false;
        try
        {
            File.WriteAllText($"{Memory}/{NodeLimits.MemoryFile(version)}", bytes.ToString(CultureInfo.InvariantCulture));
            return true;
        }
        catch (IOException) when (MemoryLimit() > bytes)
        {
            return false;
        }
    }

    /// <summary>Removes the empty control groups of a node that isn't running: a half-dead one leaves them behind, and LXC then
    /// can't make them. Those that still have processes stay, and so do those of other nodes.</summary>
    public void Remove()
    {
        foreach (var hierarchy in Hierarchies(root, version))
        {
            RemoveWithChildren($"{hierarchy}/{Parent}/{node}");
            RemoveWithChildren($"{hierarchy}/{MonitorParent}/{node}");
        }
    }

    /// <summary>Removes the control groups that the nodes' own lay in, unless there still is a node's in them.</summary>
    public static void RemoveParents(CgroupVersion version, string root = Root)
    {
        foreach (var hierarchy in Hierarchies(root, version))
        {
            TryRemove($"{hierarchy}/{Parent}");
            TryRemove($"{hierarchy}/{MonitorParent}");
        }
    }

    /// <summary>Gives the control group that nodes lie in the share of so many machines: by itself it has one
    /// process's share for all of them, and starves where much else runs.</summary>
    public static void ShareProcessors(int nodes, CgroupVersion version, string root = Root)
    {
        var (file, each, most) = version == CgroupVersion.V2
            ? ($"{root}/{Parent}/cpu.weight", 100, 10_000)
            : ($"{root}/cpu/{Parent}/cpu.shares", 1024, 262_144);
        // Not there where the machine doesn't share processors out by control groups.
        if (File.Exists(file))
            File.WriteAllText(file, Math.Clamp(each * nodes, each, most).ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Reads the version from what is mounted; null where memory can't be limited.</summary>
    public static CgroupVersion? DetectVersion(string root = Root)
    {
        if (File.Exists($"{root}/memory/{NodeLimits.MemoryFile(CgroupVersion.V1)}"))
            return CgroupVersion.V1;
        var controllers = $"{root}/cgroup.controllers";
        return File.Exists(controllers) && File.ReadAllText(controllers).Split(' ', '\n').Contains("memory")
            ? CgroupVersion.V2
            : null;
    }

    /// <summary>A control group file's number; null for <c>max</c> and for version 1's "no limit", a number near 2^63.</summary>
    internal static long? ParseNumber(string text) =>
        long.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < 1L << 60
            ? number
            : null;

    /// <summary>A value of <c>memory.stat</c>: lines of a name and a number.</summary>
    internal static long? ParseStatistic(string text, string name)
    {
        var line = text.Split('\n').FirstOrDefault(line => line.StartsWith($"{name} ", StringComparison.Ordinal));
        return line is null ? null : ParseNumber(line[name.Length..]);
    }

    private static IEnumerable<string> Hierarchies(string root, CgroupVersion version) =>
        version == CgroupVersion.V2 ? [root] : Directory.Exists(root) ? Directory.GetDirectories(root) : [];

    private static void RemoveWithChildren(string group)
    {
        if (!Directory.Exists(group))
            return;
        foreach (var child in Directory.GetDirectories(group))
            RemoveWithChildren(child);
        TryRemove(group);
    }

    // rmdir(2): the kernel refuses where a process or another group is inside, and a control group's files vanish with it.
    private static void TryRemove(string group)
    {
        try
        {
            Directory.Delete(group);
        }
        catch (IOException)
        {
            // Not there, or in use.
        }
    }

    private long? ReadNumber(string path) => ReadText(path) is { } text ? ParseNumber(text) : null;

    private long? ReadStatistic(string name) => ReadText($"{Memory}/memory.stat") is { } text ? ParseStatistic(text, name) : null;

    private static string? ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}

/// <summary>The version of control groups that this machine limits memory with.</summary>
public enum CgroupVersion
{
    /// <summary>One hierarchy a controller, below <c>/sys/fs/cgroup/memory</c> and its like.</summary>
    V1 = 1,

    /// <summary>One hierarchy for all, at <c>/sys/fs/cgroup</c>.</summary>
    V2 = 2,
}

/// <summary>What limits a node, as control group files and what is written into them.</summary>
internal static class NodeLimits
{
    /// <summary>The file that limits memory, in bytes.</summary>
    public static string MemoryFile(CgroupVersion cgroups) =>
        cgroups == CgroupVersion.V2 ? "memory.max" : "memory.limit_in_bytes";

    public static long MemoryBytes(LabNode node) => node.MemoryMb * 1024L * 1024L;

    /// <summary>The first processors as a cpuset lists them: <c>0</c>, <c>0-3</c>.</summary>
    public static string CpuSet(int cpus) => cpus == 1 ? "0" : string.Create(CultureInfo.InvariantCulture, $"0-{cpus - 1}");
}
