using KubeLab.Variables;

namespace KubeLab.Ansible;

/// <summary>Which files of variables Ansible reads: those of the inventory's groups and hosts.</summary>
public static class FilesRead
{
    /// <summary>The groups, those included that the playbook makes before anything else.</summary>
    public static IReadOnlySet<string> Groups(Deployment deployment)
    {
        var (derived, written) = (deployment.Distribution.DerivedGroups, deployment.Inventory.Written);
        return written.Keys.Concat(derived.Origins.Keys.Where(group => derived.Members(group, written).Count > 0))
            .Concat(["all", "ungrouped"]).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>The hosts, the control machine included.</summary>
    public static IReadOnlySet<string> Hosts(Deployment deployment) =>
        deployment.Inventory.Nodes.Concat(deployment.Inventory.Others).Select(node => node.Name).Append("localhost")
            .ToHashSet(StringComparer.Ordinal);

    /// <summary>The files that Ansible reads.</summary>
    public static IEnumerable<VariableFile> Of(Deployment deployment)
    {
        var (groups, hosts) = (Groups(deployment), Hosts(deployment));
        return deployment.Files.Readable.Where(file => (file.Owner == VariableOwner.Group ? groups : hosts).Contains(file.Name));
    }
}
