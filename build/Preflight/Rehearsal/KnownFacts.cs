using System.Net.Sockets;
using KubeLab.Ansible;

namespace KubeLab.Preflight;

/// <summary>Says in Ansible's words what a probe found out (ansible-core, lib/ansible/module_utils/facts).</summary>
internal static class KnownFacts
{
    private const string ResolvConf = "/etc/resolv.conf";
    private const string CgroupCommand = "stat -fc %T /sys/fs/cgroup/";
    private const string Ostree = "/run/ostree-booted";

    // Of Kubespray's Calico: on a node that has joined no cluster it can't answer, whether it is there or not.
    private const string Calicoctl = "calicoctl.sh";

    // OS_FAMILY_MAP of system/distribution.py, as far as Kubespray supports them.
    private static readonly Dictionary<string, string> Families = new(StringComparer.Ordinal)
    {
        ["AlmaLinux"] = "RedHat",
        ["Amazon"] = "RedHat",
        ["CentOS"] = "RedHat",
        ["Fedora"] = "RedHat",
        ["Kylin Linux Advanced Server"] = "RedHat",
        ["OracleLinux"] = "RedHat",
        ["RedHat"] = "RedHat",
        ["Rocky"] = "RedHat",
        ["openEuler"] = "RedHat",
        ["Debian"] = "Debian",
        ["Ubuntu"] = "Debian",
        ["openSUSE Leap"] = "Suse",
        ["openSUSE Tumbleweed"] = "Suse",
    };

    /// <summary>What is known of each node.</summary>
    public static IReadOnlyDictionary<string, RehearsalFacts> Of(IEnumerable<ProbedNode> nodes) => nodes.ToDictionary(
        node => node.Name,
        node => node.Facts is { } facts
            ? Of(facts)
            : new RehearsalFacts { Reason = $"{node.Name} gave no answer", Kind = UnknownKind.Silent });

    private static RehearsalFacts Of(NodeFacts node) => new()
    {
        Facts = new Dictionary<string, object?>(System(node))
        {
            ["memtotal_mb"] = node.MemoryMb,
            ["kernel"] = node.Kernel,
            ["architecture"] = node.Machine,
            ["machine"] = node.Machine,
            ["service_mgr"] = node.RunsSystemd ? "systemd" : node.InitProcess,
            ["hostname"] = node.HostName?.Split('.')[0],
            ["nodename"] = node.HostName,
            ["all_ipv4_addresses"] = Addresses(node, AddressFamily.InterNetwork),
            ["all_ipv6_addresses"] = Addresses(node, AddressFamily.InterNetworkV6),
            ["default_ipv4"] = Default(node, AddressFamily.InterNetwork),
            ["default_ipv6"] = Default(node, AddressFamily.InterNetworkV6),
        },
        Paths = new Dictionary<string, object>
        {
            [ResolvConf] = Stat(node.NameServers is not null),
            [Ostree] = Stat(node.Paths.Contains(Ostree)),
        },
        Files = new Dictionary<string, string>
        {
            [ResolvConf] = Base64(node.NameServers?.Select(server => $"nameserver {server}") ?? []),
        },
        Commands = node.CgroupVersion is { } version
            ? new Dictionary<string, object> { [CgroupCommand] = new { rc = 0, stdout = version == 2 ? "cgroup2fs" : "tmpfs" } }
            : [],
        Absent = node is { Complete: true, HasJoinedCluster: false } ? [Calicoctl] : [],
    };

    // What Ansible calls a system isn't known of all, and of some it depends on Ansible's version.
    private static Dictionary<string, object?> System(NodeFacts node)
    {
        if (node.OperatingSystem is not { } system)
            return new Dictionary<string, object?> { ["distribution"] = null, ["os_family"] = null };
        var names = AnsibleDistributionName.Of(system);
        var facts = new Dictionary<string, object?>();
        if (names is not [var name])
            return facts;
        facts["distribution"] = name;
        if (Families.TryGetValue(name, out var family))
            facts["os_family"] = family;
        if (system.VersionId?.Split('.')[0] is { } major)
            facts["distribution_major_version"] = major;
        return facts;
    }

    private static List<string>? Addresses(NodeFacts node, AddressFamily family) =>
        node.Addresses is null ? null : [.. Of(node, family).Select(each => each.Address.ToString())];

    // network/linux.py leaves out 127.0.0.0/8 and ::1.
    private static IEnumerable<InterfaceAddress> Of(NodeFacts node, AddressFamily family) =>
        (node.Addresses ?? []).Where(each => each.Address.AddressFamily == family && !IPAddress.IsLoopback(each.Address));

    private static Dictionary<string, string>? Default(NodeFacts node, AddressFamily family)
    {
        if (node.Addresses is null || node.DefaultRoutes is not { } routes)
            return null;
        var first = Of(node, family).FirstOrDefault(each => routes.Contains(each.Interface) && !each.Address.IsIPv6LinkLocal);
        return first is null ? [] : new() { ["address"] = $"{first.Address}", ["interface"] = first.Interface };
    }

    private static object Stat(bool exists) => exists ? new { exists, isdir = false } : new { exists };

    private static string Base64(IEnumerable<string> lines) =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => $"{line}\n"))));
}
