namespace KubeLab.Preflight;

/// <summary>
/// What Ansible calls a distribution (<c>ansible_distribution</c>), by its id in os-release(5); from ansible-core,
/// lib/ansible/module_utils/facts/system/distribution.py.
/// </summary>
internal static class AnsibleDistributionName
{
    private static readonly Dictionary<string, string[]> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["almalinux"] = ["AlmaLinux"],
        ["amzn"] = ["Amazon"],
        ["centos"] = ["CentOS"],
        ["debian"] = ["Debian"],
        ["raspbian"] = ["Debian"],
        ["fedora"] = ["Fedora"],
        ["flatcar"] = ["Flatcar", "Flatcar Container Linux by Kinvolk"],
        ["kylin"] = ["Kylin Linux Advanced Server"],
        ["ol"] = ["OracleLinux"],
        ["openEuler"] = ["openEuler"],
        ["opensuse-leap"] = ["openSUSE Leap"],
        ["opensuse-tumbleweed"] = ["openSUSE Tumbleweed"],
        ["rhel"] = ["RedHat"],
        ["rocky"] = ["Rocky"],
        ["sles"] = ["SLES", "Suse"],
        ["ubuntu"] = ["Ubuntu"],
        ["uos"] = ["UnionTech", "UniontechOS"],
    };

    /// <summary>The names that Ansible may give it; none where KubeLab doesn't know.</summary>
    public static IReadOnlyList<string> Of(OsRelease system) => Names.GetValueOrDefault(system.Id, []);
}
