using KubeLab.Variables;

namespace KubeLab.Preflight;

/// <summary>Which files of variables Ansible reads: those of the inventory's groups and hosts.</summary>
internal static class FilesRead
{
    /// <summary>The groups, those included that the playbook makes before anything else.</summary>
    public static IReadOnlySet<string> Groups(PreflightContext scene)
    {
        var (derived, written) = (scene.Distribution.DerivedGroups, scene.Inventory.Written);
        return written.Keys.Concat(derived.Origins.Keys.Where(group => derived.Members(group, written).Count > 0))
            .Concat(["all", "ungrouped"]).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>The hosts, the control machine included.</summary>
    public static IReadOnlySet<string> Hosts(PreflightContext scene) =>
        scene.Inventory.Nodes.Concat(scene.Inventory.Others).Select(node => node.Name).Append("localhost")
            .ToHashSet(StringComparer.Ordinal);

    /// <summary>The files that Ansible reads.</summary>
    public static IEnumerable<VariableFile> Of(PreflightContext scene)
    {
        var (groups, hosts) = (Groups(scene), Hosts(scene));
        return scene.Deployment.Files.Readable.Where(file => (file.Owner == VariableOwner.Group ? groups : hosts)
            .Contains(file.Name));
    }
}
