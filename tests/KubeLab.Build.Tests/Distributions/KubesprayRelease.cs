namespace KubeLab.Tests.Distributions;

/// <summary>
/// What is to be read from the tree of a Kubespray release: facts of its public repository at that tag. The same expectations
/// hold for the small trees that the tests write in each era's shape, and for the real ones.
/// </summary>
/// <param name="Tag">The tag, or the commit that main was at.</param>
/// <param name="Window">The Ansible window: the lowest version, and the lowest that is too high.</param>
/// <param name="Ansible">The package that requirements.txt pins, and the core that it brings.</param>
/// <param name="Kubernetes">The lowest supported version, the default, and the newest that there is a checksum of.</param>
public sealed record KubesprayRelease(string Tag, (string From, string Below) Window, (string Package, string Core) Ansible, (string Lowest, string Default, string Newest) Kubernetes)
{
    /// <summary>v2.18.2, every release from v2.19.1 on, and main at 2026-08-21.</summary>
    public static IReadOnlyList<KubesprayRelease> All { get; } =
    [
        new("v2.18.2", ("2.9.0", "2.12.0"), ("3.4.0", "2.10"), ("1.20.0", "1.22.8", "1.23.5")),
        new("v2.19.1", ("2.9.0", "2.13.0"), ("5.7.1", "2.12"), ("1.21.0", "1.23.7", "1.24.1")),
        new("v2.20.0", ("2.11.0", "2.13.0"), ("5.7.1", "2.12"), ("1.22.0", "1.24.6", "1.24.6")),
        new("v2.21.0", ("2.11.0", "2.13.0"), ("5.7.1", "2.12"), ("1.23.0", "1.25.6", "1.25.6")),
        new("v2.22.0", ("2.11.0", "2.13.0"), ("5.7.1", "2.12"), ("1.24.0", "1.26.5", "1.26.5")),
        new("v2.22.1", ("2.11.0", "2.13.0"), ("5.7.1", "2.12"), ("1.24.0", "1.26.5", "1.26.5")),
        new("v2.22.2", ("2.11.0", "2.13.0"), ("5.7.1", "2.12"), ("1.24.0", "1.26.13", "1.26.13")),
        new("v2.23.0", ("2.14.0", "2.15.0"), ("7.6.0", "2.14"), ("1.25.0", "1.27.5", "1.27.5")),
        new("v2.23.1", ("2.14.0", "2.15.0"), ("7.6.0", "2.14"), ("1.25.0", "1.27.7", "1.27.7")),
        new("v2.23.2", ("2.14.0", "2.15.0"), ("7.6.0", "2.14"), ("1.25.0", "1.27.9", "1.27.9")),
        new("v2.23.3", ("2.14.0", "2.15.0"), ("7.6.0", "2.14"), ("1.25.0", "1.27.10", "1.27.10")),
        new("v2.24.0", ("2.15.5", "2.17.0"), ("8.5.0", "2.15"), ("1.26.0", "1.28.6", "1.29.1")),
        new("v2.24.1", ("2.15.5", "2.17.0"), ("8.5.0", "2.15"), ("1.26.0", "1.28.6", "1.29.1")),
        new("v2.24.2", ("2.15.5", "2.17.0"), ("8.5.0", "2.15"), ("1.26.0", "1.28.10", "1.29.1")),
        new("v2.24.3", ("2.15.5", "2.17.0"), ("8.5.0", "2.15"), ("1.26.0", "1.28.14", "1.29.9")),
        new("v2.25.0", ("2.16.4", "2.17.0"), ("9.5.1", "2.16"), ("1.27.0", "1.29.5", "1.29.5")),
        new("v2.25.1", ("2.16.4", "2.17.0"), ("9.5.1", "2.16"), ("1.27.0", "1.29.10", "1.29.10")),
        new("v2.26.0", ("2.16.4", "2.17.0"), ("9.8.0", "2.16"), ("1.28.0", "1.30.4", "1.30.4")),
        new("v2.26.1", ("2.16.4", "2.17.0"), ("9.8.0", "2.16"), ("1.28.0", "1.30.6", "1.30.6")),
        new("v2.27.0", ("2.16.4", "2.17.0"), ("9.13.0", "2.16"), ("1.29.0", "1.31.4", "1.31.4")),
        new("v2.27.1", ("2.16.4", "2.17.0"), ("9.13.0", "2.16"), ("1.29.0", "1.31.9", "1.31.9")),
        new("v2.28.0", ("2.16.4", "2.17.0"), ("9.13.0", "2.16"), ("1.30.0", "1.32.5", "1.32.5")),
        new("v2.28.1", ("2.16.4", "2.17.0"), ("9.13.0", "2.16"), ("1.30.0", "1.32.8", "1.32.8")),
        new("v2.29.0", ("2.17.3", "2.18.0"), ("10.7.0", "2.17"), ("1.31.0", "1.33.5", "1.33.5")),
        new("v2.29.1", ("2.17.3", "2.18.0"), ("10.7.0", "2.17"), ("1.31.0", "1.33.7", "1.33.7")),
        new("v2.30.0", ("2.17.3", "2.18.0"), ("10.7.0", "2.17"), ("1.32.0", "1.34.3", "1.34.3")),
        new("v2.31.0", ("2.18.0", "2.19.0"), ("11.13.0", "2.18"), ("1.33.0", "1.35.4", "1.35.4")),
        new("46dbdd3994b32640bcd806b0097f50e8fdf1d514", ("2.18.0", "2.19.0"), ("11.13.0", "2.18"), ("1.34.0", "1.36.4", "1.36.4")),
    ];

    /// <summary>The releases with which something moved or changed its shape.</summary>
    public static IReadOnlyList<string> Eras { get; } = ["v2.18.2", "v2.19.1", "v2.20.0", "v2.22.0", "v2.23.0", "v2.24.0", "v2.27.0", "v2.28.0", "v2.29.0", "v2.31.0"];

    /// <summary>Major and minor version: 2.23; main counts as the next one.</summary>
    public Version Era => Tag[0] == 'v' ? new Version(Version.Parse(Tag[1..]).Major, Version.Parse(Tag[1..]).Minor) : new Version(2, 32);

    public string WindowFile => IsFrom(2, 22) ? "playbooks/ansible_version.yml" : "ansible_version.yml";

    public string FactsFile => IsFrom(2, 22) ? "playbooks/facts.yml" : "facts.yml";

    public IReadOnlyList<string> AnsibleVersions => IsFrom(2, 23) ? [] : IsFrom(2, 20) ? ["2.11", "2.12"]
        : IsFrom(2, 19) ? ["2.9", "2.10", "2.11", "2.12"] : ["2.9", "2.10", "2.11"];

    /// <summary>The file at the root that requirements.txt is a link to; null where it is none.</summary>
    public string? LinkedVersion => IsFrom(2, 23) ? null : IsFrom(2, 19) ? "2.12" : "2.10";

    /// <summary>The lowest Ansible of 2.10, of which a window from 2.9 on takes only some.</summary>
    public Version? LowestOf210 => IsFrom(2, 20) ? null : new Version(2, 10, 11);

    public string? GalaxyFile => IsFrom(2, 20) ? null : "requirements-2.9.yml";

    public bool HasCollections => IsFrom(2, 24);

    public bool DerivesCluster => IsFrom(2, 27);

    public string Defaults => IsFrom(2, 28) ? "roles/kubespray_defaults/defaults/main/main.yml"
        : IsFrom(2, 24) ? "roles/kubespray-defaults/defaults/main/main.yml"
        : "roles/kubespray-defaults/defaults/main.yaml";

    public string Checksums => IsFrom(2, 28) ? "roles/kubespray_defaults/vars/main/checksums.yml"
        : IsFrom(2, 24) ? "roles/kubespray-defaults/defaults/main/checksums.yml"
        : IsFrom(2, 23) ? "roles/download/defaults/main/checksums.yml"
        : "roles/download/defaults/main.yml";

    /// <summary>Whether the default version is a template over the checksums, written without a leading v.</summary>
    public bool DefaultIsTemplate => IsFrom(2, 28);

    public bool SystemsAreAVariable => IsFrom(2, 22);

    /// <summary>Whether playbooks at the root only import those under playbooks/.</summary>
    public bool PlaybooksAreImported => IsFrom(2, 22);

    public (string Least, string Most) Python => Ansible.Core switch
    {
        "2.10" => ("3.5", "3.8"),
        "2.12" => ("3.8", "3.10"),
        "2.14" or "2.15" => ("3.9", "3.11"),
        "2.16" or "2.17" => ("3.10", "3.12"),
        _ => ("3.11", "3.13"),
    };

    public override string ToString() => Tag;

    private bool IsFrom(int major, int minor) => Era >= new Version(major, minor);
}
