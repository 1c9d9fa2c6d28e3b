using KubeLab.Distributions;
using KubeLab.Variables;

namespace KubeLab.Ansible;

/// <summary>
/// One more inventory, by which Ansible makes those groups now that the playbook makes at its start: only so are their variables
/// among the others at the place that they will have, below those of a child group and by name among their like.
/// </summary>
public static class DerivedInventory
{
    private const string Name = "derived-groups.yml";

    /// <summary>Writes it beside the cluster's record.</summary>
    /// <returns>Its path, or null where no group that the playbook makes has variables of its own.</returns>
    public static string? Write(Cluster cluster, Distribution distribution)
    {
        var owned = VariableFiles.Beside(cluster.Inventories, cluster.Directory).Readable
            .Where(file => file.Owner == VariableOwner.Group).Select(file => file.Name).ToHashSet(StringComparer.Ordinal);
        var missing = distribution.DerivedGroups.Origins.Where(group => owned.Contains(group.Key))
            .ToDictionary(StringComparer.Ordinal);
        if (missing.Count > 0)
        {
            var lines = InventoryLines.ReadAll(cluster.Inventories, cluster.Directory);
            missing = missing.Where(group => lines.Of(group.Key) is null).ToDictionary(StringComparer.Ordinal);
        }

        if (missing.Count == 0)
            return null;
        var path = Path.Combine(cluster.ArtifactsDirectory, Name);
        Aside.Write(path, Text(missing));
        return path;
    }

    // JSON is YAML; the plugin wants a file that ends in .yml.
    private static string Text(IReadOnlyDictionary<string, IReadOnlyList<string>> groups) => JsonSerializer.Serialize(
        new Dictionary<string, object>()
        {
            ["plugin"] = "constructed",
            ["strict"] = false,
            ["groups"] = groups.ToDictionary(
                group => group.Key, group => string.Join(" or ", group.Value.Select(from => $"'{from}' in group_names"))),
        });
}
