namespace KubeLab.Ansible;

/// <summary>What a deployment's machines are, as far as what they download depends on it.</summary>
/// <param name="Id">The operating system by the ID and VERSION_ID of its os-release(5): <c>debian-12</c>.</param>
/// <param name="Architecture">The architecture as Go names it: <c>amd64</c>.</param>
/// <param name="Source">Who says so.</param>
public sealed record TargetSystem(string Id, string Architecture, string Source)
{
    // architecture_groups of Kubespray's defaults, from uname's name to Go's.
    private static readonly Dictionary<string, string> Machines = new(StringComparer.Ordinal)
    {
        ["amd64"] = "x86_64",
        ["arm64"] = "aarch64",
        ["arm"] = "armv7l",
        ["ppc64le"] = "ppc64le",
    };

    // The names that Ansible gives (module_utils/facts/system/distribution.py), and the family.
    private static readonly Dictionary<string, (string Name, string Family, string Packages)> Systems =
        new(StringComparer.Ordinal)
        {
            ["debian"] = ("Debian", "Debian", "apt"),
            ["ubuntu"] = ("Ubuntu", "Debian", "apt"),
            ["almalinux"] = ("AlmaLinux", "RedHat", "dnf"),
            ["centos"] = ("CentOS", "RedHat", "dnf"),
            ["fedora"] = ("Fedora", "RedHat", "dnf"),
            ["ol"] = ("OracleLinux", "RedHat", "dnf"),
            ["rhel"] = ("RedHat", "RedHat", "dnf"),
            ["rocky"] = ("Rocky", "RedHat", "dnf"),
            ["opensuse-leap"] = ("openSUSE Leap", "Suse", "zypper"),
        };

    private static readonly Dictionary<string, string> Codenames = new(StringComparer.Ordinal)
    {
        ["debian-11"] = "bullseye",
        ["debian-12"] = "bookworm",
        ["debian-13"] = "trixie",
        ["ubuntu-20.04"] = "focal",
        ["ubuntu-22.04"] = "jammy",
        ["ubuntu-24.04"] = "noble",
    };

    /// <summary>The architectures that can be named.</summary>
    public static IReadOnlyCollection<string> Architectures => Machines.Keys;

    /// <summary>Whether its packages come from apt.</summary>
    public bool UsesApt => System.Packages == "apt";

    /// <summary>The name that Ansible gives it: <c>Debian</c>.</summary>
    public string Name => System.Name;

    /// <summary>Its family, as Ansible names it.</summary>
    public string Family => System.Family;

    /// <summary>Its version: <c>12</c>, <c>24.04</c>.</summary>
    public string Version => Id[(Id.LastIndexOf('-') + 1)..];

    /// <summary>The first part of its version.</summary>
    public string MajorVersion => Version.Split('.')[0];

    /// <summary>The name of its release: <c>bookworm</c>; null where KubeLab doesn't know it.</summary>
    public string? Codename => Codenames.GetValueOrDefault(Id);

    private (string Name, string Family, string Packages) System => Systems[Id[..Id.LastIndexOf('-')]];

    /// <summary>Finds out: what is named, else what the nodes said in the last run, else what this machine is.</summary>
    /// <exception cref="UserError">KubeLab doesn't know the system or the architecture, or the nodes are not alike.</exception>
    public static TargetSystem Find(Cluster cluster, string? system, string? architecture)
    {
        var said = AllSaid(cluster);
        if (system is null && said.Select(each => each.Id).Distinct().ToList() is { Count: > 1 } systems)
            throw new UserError(
                $"The nodes of {cluster.Name} are not alike: {string.Join(", ", systems)}",
                "Name one system with --bundle-system, and make a bundle for each.");
        if (architecture is null && said.Select(each => each.Architecture).Distinct().ToList() is { Count: > 1 } architectures)
            throw new UserError(
                $"The nodes of {cluster.Name} are not alike: {string.Join(", ", architectures)}",
                "Name one architecture with --bundle-architecture, and make a bundle for each.");
        var (id, machine, source) = said is [var first, ..]
            ? (first.Id, first.Architecture, "what its nodes said in the last run")
            : (OfThisMachine(), "amd64", "this machine's own system, as no node has been asked yet");
        return Of(
            system ?? id, architecture ?? machine,
            system is not null ? "--bundle-system" : source);
    }

    /// <summary>A system by its id.</summary>
    /// <exception cref="UserError">KubeLab doesn't know it.</exception>
    public static TargetSystem Of(string system, string architecture, string source)
    {
        if (system.LastIndexOf('-') is not (> 0 and var at) || !Systems.ContainsKey(system[..at]))
            throw new UserError(
                $"KubeLab doesn't know what {system} ({source}) downloads.",
                $"Name the system as --bundle-system debian-12; known are {string.Join(", ", Systems.Keys)}.");
        return Machines.ContainsKey(architecture) ? new TargetSystem(system, architecture, source) : throw new UserError(
            $"There is no architecture {architecture}.", $"Name one of {string.Join(", ", Machines.Keys)}.");
    }

    /// <summary>What a node is by its own words. Files and images depend on its architecture alone, so that a system that KubeLab
    /// doesn't know counts as Debian.</summary>
    /// <exception cref="UserError">Kubespray has nothing for its architecture.</exception>
    public static TargetSystem OfNode(string? id, string? version, string? machine)
    {
        var architecture = Machines.FirstOrDefault(each => each.Value == machine).Key;
        if (architecture is null)
            throw new UserError(
                $"Kubespray has nothing for machines that are {machine ?? "of no architecture"}.", "Take that node out.");
        return id is not null && version is not null && Systems.ContainsKey(id)
            ? new TargetSystem($"{id}-{version}", architecture, "the node")
            : new TargetSystem("debian-12", architecture, "the node");
    }

    /// <summary>What Ansible's setup module says of such a machine.</summary>
    public IReadOnlyDictionary<string, object> Facts => new Dictionary<string, object>
    {
        ["ansible_architecture"] = Machines[Architecture],
        ["ansible_machine"] = Machines[Architecture],
        ["ansible_system"] = "Linux",
        ["ansible_os_family"] = System.Family,
        ["ansible_distribution"] = System.Name,
        ["ansible_distribution_version"] = Version,
        ["ansible_distribution_major_version"] = MajorVersion,
        ["ansible_distribution_release"] = Codename ?? "",
        ["ansible_pkg_mgr"] = System.Packages,
        ["ansible_service_mgr"] = "systemd",
    };

    /// <summary>What the nodes said that they are, in the last run; null where nobody has asked them, or they are not
    /// alike.</summary>
    public static (string Id, string Architecture)? Said(Cluster cluster) =>
        AllSaid(cluster).Distinct().ToList() is [var one] ? one : null;

    private static List<(string Id, string Architecture)> AllSaid(Cluster cluster)
    {
        var folder = Path.Combine(cluster.ArtifactsDirectory, "facts");
        return !Directory.Exists(folder) ? []
            : [.. Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).Select(Read).OfType<(string, string)>()];
    }

    private static (string, string)? Read(string file)
    {
        var facts = RecordJson.Recall<Dictionary<string, JsonElement>>(file) ?? [];
        string? Text(string name) => facts.TryGetValue(name, out var value) ? value.ToString() : null;
        var system = Systems.FirstOrDefault(each => each.Value.Name == Text("ansible_distribution")).Key;
        var machine = Machines.FirstOrDefault(each => each.Value == Text("ansible_architecture")).Key;
        return system is null || machine is null ? null : ($"{system}-{Text("ansible_distribution_version")}", machine);
    }

    private static string OfThisMachine()
    {
        var lines = File.Exists("/etc/os-release") ? File.ReadAllLines("/etc/os-release") : [];
        string Value(string key) => Array.Find(lines, line => line.StartsWith($"{key}=", StringComparison.Ordinal))
            ?[(key.Length + 1)..].Trim('"', '\'') ?? "";
        return $"{Value("ID")}-{Value("VERSION_ID")}";
    }
}
