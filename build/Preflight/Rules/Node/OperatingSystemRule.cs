using KubeLab.Distributions;
using KubeLab.Variables;

namespace KubeLab.Preflight;

/// <summary>The node's operating system is one that the distribution supports, by the list in its own tree.</summary>
internal sealed class OperatingSystemRule() : NodeRule("operating-system", "Operating system")
{
    private const string Allow = "allow_unsupported_distribution_setup";
    private const string IgnoreAsserts = "ignore_assert_errors";

    public override IReadOnlyList<string> Variables => [SupportedSystems.Variable, Allow, IgnoreAsserts];

    public override IEnumerable<Finding> Judge(ProbedNode node, NodeFacts facts, PreflightContext scene)
    {
        if (facts.OperatingSystem is { } system)
            yield return Verdict(node, system, scene) with { Observed = system.PrettyName };
        else
            yield return Skip("the node has no /etc/os-release");
    }

    private Finding Verdict(ProbedNode node, OsRelease system, PreflightContext scene)
    {
        var (supported, source) = Accepted(node, scene);
        if (supported.Count == 0)
            return Skip("the distribution has no list of those that it supports");
        if (new[] { Allow, IgnoreAsserts }.Select(name => scene.Variables.Of(node.Node, name))
            .FirstOrDefault(each => each is { Unresolved: null, IsTruthy: true }) is { } switchedOff)
            return Skip($"{switchedOff.Name} is set ({switchedOff.Source})");

        var names = AnsibleDistributionName.Of(system);
        if (names.Count == 0)
            return Skip($"what Ansible calls {system.Id} isn't known");
        var verdict = names.Any(supported.Contains)
            ? Known(node, system, names, scene)
            : Fail(
                $"{node.Name} runs {system.PrettyName}, which the distribution does not support",
                $"Install one of {string.Join(", ", supported)}, or set {Allow}: true in {scene.Variables.FileForAllNodes} and be on your own.");
        return verdict with { Required = string.Join(", ", supported), Source = verdict.Source ?? source };
    }

    // A system's name says nothing of its version. What the playbook asks for on one that it doesn't know may be gone there:
    // v2.18.2 knows Debian 11, and asks Debian 12 for python-apt, which it no longer has.
    private Finding Known(ProbedNode node, OsRelease system, IReadOnlyList<string> names, PreflightContext scene)
    {
        var known = scene.Distribution.SupportedSystems.NewestKnown;
        var newest = names.Select(name => known.GetValueOrDefault(name.ToLowerInvariant()))
            .FirstOrDefault(each => each.Source is not null);
        return newest.Source is not null && int.TryParse(system.VersionId?.Split('.')[0], out var major) && major > newest.Major
            ? Warn(
                $"{node.Name} runs {system.PrettyName}, and the newest that {scene.Distribution.Name} knows is {newest.Major}",
                "What it asks the package manager for may no longer be there: use a newer release of the distribution, or give "
                + "required_pkgs with --extra-vars, as the release's own file outranks group_vars.") with
            { Source = newest.Source }
            : Pass(system.PrettyName);
    }

    // Up to v2.21 the list stands in the assert itself, where no variable changes it.
    private static (IReadOnlyList<string> Names, FindingSource? Source) Accepted(ProbedNode node, PreflightContext scene) =>
        scene.Variables.Of(node.Node, SupportedSystems.Variable) is { Unresolved: null, Items.Count: > 0 } variable
            ? (variable.Items, variable.Source)
            : (scene.Distribution.SupportedSystems.Names, scene.Distribution.SupportedSystems.Source);
}

/// <summary>What Ansible calls a distribution (<c>ansible_distribution</c>), by its id in os-release(5); from ansible-core,
/// lib/ansible/module_utils/facts/system/distribution.py.</summary>
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
