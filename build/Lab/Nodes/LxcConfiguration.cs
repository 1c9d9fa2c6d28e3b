namespace KubeLab.Lab;

/// <summary>A node's LXC configuration (lxc.container.conf(5)) in two parts: what needs a restart when it changes, and the memory
/// limit, which a running node can be given.</summary>
public sealed record LxcConfiguration(string Fixed, string Memory)
{
    /// <summary>The configuration of a node.</summary>
    public static LxcConfiguration For(LabNode node, LabNetwork network, LabFolder lab, CgroupVersion cgroups) =>
        new(FixedPart(node, network, lab, cgroups), MemoryLimit(node, cgroups));

    /// <summary>The file's text.</summary>
    public override string ToString() => Fixed + Memory;

    /// <summary>Whether a configuration on disk is this one but perhaps for the memory limit.</summary>
    public bool DiffersAtMostInMemory(string onDisk) => onDisk.StartsWith(Fixed, StringComparison.Ordinal);

    private static string FixedPart(LabNode node, LabNetwork network, LabFolder lab, CgroupVersion cgroups)
    {
        var folder = lab.Of(node.Name);
        var text = new StringBuilder($"""
            # Written by KubeLab. LabUp overwrites it.
            lxc.include = /usr/share/lxc/config/common.conf
            lxc.uts.name = {node.Name}
            lxc.rootfs.path = overlayfs:{lab.Image}/rootfs:{folder.Changes}
            lxc.console.logfile = {folder.Console}

            lxc.net.0.type = veth
            lxc.net.0.link = {network.Bridge}
            lxc.net.0.flags = up
            lxc.net.0.name = eth0
            lxc.net.0.veth.pair = {network.PortOf(node)}
            lxc.net.0.hwaddr = {MacAddress(node)}
            lxc.net.0.ipv4.address = {node.Address}/{network.PrefixLength}
            lxc.net.0.ipv4.gateway = {network.Gateway}

            # A node runs containers itself: nothing of the machine's policy for simple containers applies. The clock and
            # the kernel's modules stay this machine's own.
            lxc.apparmor.profile = unconfined
            lxc.cap.drop =
            lxc.cap.drop = sys_time sys_module
            lxc.seccomp.profile = {lab.SeccompPolicy}
            lxc.{Key(cgroups)}.devices.allow = a
            lxc.cgroup.dir.container = {NodeCgroup.Parent}/{node.Name}
            lxc.cgroup.dir.monitor = {NodeCgroup.MonitorParent}/{node.Name}
            lxc.mount.auto =
            lxc.mount.auto = proc:rw sys:rw cgroup:rw:force
            lxc.mount.entry = {lab.Image}/mirror srv/mirror none bind,ro,create=dir 0 0
            lxc.mount.entry = {folder.Containerd} var/lib/containerd none bind,create=dir 0 0
            lxc.mount.entry = {folder.Kubelet} var/lib/kubelet none bind,rshared,create=dir 0 0
            lxc.mount.entry = /dev/kmsg dev/kmsg none bind,create=file 0 0

            """);
        // A set of processors rather than a share of time: lxcfs and nproc then show that many.
        if (node.Cpus is { } cpus)
            text.Append($"lxc.{Key(cgroups)}.cpuset.cpus = {NodeLimits.CpuSet(cpus)}\n");
        foreach (var setting in KernelSettings.Shadowed)
            text.Append($"lxc.mount.entry = {folder.KernelFile(setting)} proc/sys/{setting} none bind,optional 0 0\n");
        return text.ToString();
    }

    private static string MemoryLimit(LabNode node, CgroupVersion cgroups) =>
        $"lxc.{Key(cgroups)}.{NodeLimits.MemoryFile(cgroups)} = {NodeLimits.MemoryBytes(node)}\n";

    private static string Key(CgroupVersion cgroups) => cgroups == CgroupVersion.V2 ? "cgroup2" : "cgroup";

    // Locally administered, and the same whenever the node is made again, so that no neighbour keeps a stale entry.
    private static string MacAddress(LabNode node) =>
        string.Create(CultureInfo.InvariantCulture, $"02:4b:4c:00:00:{node.HostPart:x2}");
}

/// <summary>Kernel settings that the kubelet writes and that containers share with this machine. Each node gets files of its own
/// over them, so that a node finds what it wrote and this machine keeps its values. Source: <c>setupKernelTunables</c> in
/// Kubernetes' <c>pkg/kubelet/cm/container_manager_linux.go</c> (v1.20.2).</summary>
internal static class KernelSettings
{
    public static IReadOnlyList<string> Shadowed { get; } = [
        "vm/overcommit_memory", "vm/panic_on_oom", "kernel/panic", "kernel/panic_on_oops", "kernel/keys/root_maxkeys",
        "kernel/keys/root_maxbytes",
    ];
}
