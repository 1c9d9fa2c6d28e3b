namespace KubeLab.Lab;

/// <summary>What the lab needs of the machine: one rule a method, judged on facts alone.</summary>
public static class LabRequirements
{
    // An ample estimate for the compiler's root, Go's build cache and the image side by side; the peak wasn't measured.
    private const long BuildDiskMb = 6000;

    // Measured: a control plane's folder takes 0.9 GB after an installation, a worker's 0.3 GB; logs and images grow.
    private const long NodeDiskMb = 1500;

    // An estimate for linking kube-apiserver and kubelet side by side; the peak wasn't measured.
    private const long BuildMemoryMb = 3000;

    // capability.h: what LXC can't do without.
    private static readonly IReadOnlyList<(int Bit, string Name)> Capabilities = [(12, "CAP_NET_ADMIN"), (21, "CAP_SYS_ADMIN")];

    // The kernel takes no upper layer of an overlay here (Documentation/filesystems/overlayfs.rst: xattrs and d_type).
    private static readonly IReadOnlyList<string> NoUpperLayer = ["overlay",
        "overlayfs", "nfs", "nfs4", "cifs", "smb3", "vfat", "msdos", "exfat", "9p", "fuse.sshfs", "ecryptfs", "squashfs"];

    /// <summary>All that is wrong, in the order in which it is best put right; empty if nothing is.</summary>
    public static IReadOnlyList<Problem> Judge(MachineFacts machine, LabDemand demand)
    {
        // On another system or as another user the rest can't even be read.
        if (!machine.IsLinux)
            return [new Problem(
                "The lab's nodes are Linux containers, and this is no Linux.",
                "Deploy to machines of your own (--inventory), or run KubeLab on Linux.")];
        if (!machine.IsRoot)
            return [new Problem(
                "The lab's nodes are containers that only root can start.",
                "Run the same command with sudo, or deploy to machines of your own (--inventory).")];
        return [
            .. RightsOfRoot(machine), .. ControlGroups(machine), .. FileSystemOfNodes(machine), .. DiskSpace(machine, demand),
            .. Memory(machine, demand), .. Processors(machine, demand), .. Subnet(machine, demand),
        ];
    }

    private static IEnumerable<Problem> RightsOfRoot(MachineFacts machine)
    {
        var lacking = Capabilities.Where(capability => (machine.Capabilities >> capability.Bit & 1) == 0)
            .Select(capability => capability.Name).ToList();
        if (lacking.Count > 0)
            yield return new Problem(
                $"Root lacks {string.Join(" and ", lacking)} here, as in a container without privileges.",
                "Run KubeLab on the machine itself, in a virtual machine, or in a privileged container.");
    }

    private static IEnumerable<Problem> ControlGroups(MachineFacts machine)
    {
        if (machine.Cgroups is null)
            yield return new Problem(
                "No control groups that limit memory are mounted below /sys/fs/cgroup.",
                "Boot with cgroup_enable=memory, or mount them.");
    }

    private static IEnumerable<Problem> FileSystemOfNodes(MachineFacts machine)
    {
        if (NoUpperLayer.Contains(machine.StateDisk.FileSystem))
            yield return new Problem(
                $"{machine.StateDisk.Folder} lies on {machine.StateDisk.FileSystem} ({machine.StateDisk.MountPoint}), on which nodes can't keep their changes.",
                $"Mount ext4, xfs or btrfs on {machine.StateDisk.Folder}.");
    }

    private static IEnumerable<Problem> DiskSpace(MachineFacts machine, LabDemand demand)
    {
        (Disk Disk, long Mb, string What)[] needs = [
            (machine.CacheDisk, demand.BuildsImage ? BuildDiskMb : 0, "to build the node image"),
            (machine.StateDisk, demand.NewNodes * NodeDiskMb, $"for {demand.NewNodes} new nodes"),
        ];
        foreach (var disk in needs.Where(need => need.Mb > 0).GroupBy(need => need.Disk.MountPoint))
        {
            var needed = disk.Sum(need => need.Mb);
            var free = disk.First().Disk.FreeMb;
            if (free < needed)
                yield return new Problem(
                    $"{disk.Key} has {free} MB free, and {needed} MB are needed {string.Join(" and ", disk.Select(need => need.What))}.",
                    "Free some, or set KUBELAB_CACHE to a folder on a larger disk.");
        }
    }

    private static IEnumerable<Problem> Memory(MachineFacts machine, LabDemand demand)
    {
        var available = machine.MemoryAvailableMb + machine.MemoryOfLabMb;
        var nodes = demand.Nodes.Sum(node => (long)node.MemoryMb);
        var each = string.Join(", ", demand.Nodes.Select(node => $"{node.Name} {node.MemoryMb}"));
        if (available < nodes)
            yield return new Problem(
                $"This machine has {available} MB of memory available, and the nodes may take {nodes} MB ({each}).",
                "End something, or lower lab_memory_mb in the inventory: a control plane needs 1500 MB, a worker 1024 MB.");
        else if (demand.BuildsImage && available < BuildMemoryMb)
            yield return new Problem(
                $"This machine has {available} MB of memory available, and building the node image takes {BuildMemoryMb} MB.",
                "End something.");
    }

    private static IEnumerable<Problem> Processors(MachineFacts machine, LabDemand demand) =>
        demand.Nodes.Where(node => node.Cpus > machine.Processors).Select(node => new Problem(
            $"{node.Name} is to have {node.Cpus} processors, and this machine has {machine.Processors}.",
            "Lower lab_cpus in the inventory."));

    private static IEnumerable<Problem> Subnet(MachineFacts machine, LabDemand demand) =>
        machine.Routes
            .Where(route => route.Interface != demand.Network.Bridge && Conflicts(route, demand.Network))
            .Select(route => new Problem(
                $"The lab's addresses {demand.Network.Subnet} are in use: this machine has a route to {route.Destination} through {route.Interface}.",
                $"Take {route.Interface} down while the lab is up, or remove that route."));

    // A wider route through a gateway, as a VPN's or the default, only yields to the lab's own; neighbours would be cut off.
    private static bool Conflicts(Route route, LabNetwork network) =>
        Route.Overlap(route.Destination, network.Subnet) && route.Destination.PrefixLength >= 8
        && (route.IsDirect || route.Destination.PrefixLength >= network.Subnet.PrefixLength);
}

/// <summary>The file system that a folder lies on, or will lie on once it is made.</summary>
/// <param name="FileSystem">Its type, as <c>ext4</c>.</param>
/// <param name="FreeMb">What root can still write there, in MB.</param>
public sealed record Disk(string Folder, string MountPoint, string FileSystem, long FreeMb);

/// <summary>What a run of <c>LabUp</c> asks of the machine.</summary>
public sealed record LabDemand(IReadOnlyList<LabNode> Nodes, LabNetwork Network, bool BuildsImage, int NewNodes);

/// <summary>A requirement that this machine doesn't meet.</summary>
/// <param name="What">What is wrong, with what is needed and what is there.</param>
public sealed record Problem(string What, string Remedy);
