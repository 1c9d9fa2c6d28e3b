namespace KubeLab.Ansible;

/// <summary>What Ansible makes of the inventory for a while, or until its files say the same: by one more inventory, which
/// changes what those before it have made (<c>kubelab_changes.py</c>).</summary>
public sealed record InventoryChange
{
    /// <summary>Machines that come last in each of their groups.</summary>
    public IReadOnlyList<string> Last { get; init; } = [];

    /// <summary>Machines that get the roles of another, by their names.</summary>
    public IReadOnlyDictionary<string, string> Takes { get; init; } = new Dictionary<string, string>();

    /// <summary>Machines that are no longer there.</summary>
    public IReadOnlyList<string> Absent { get; init; } = [];

    /// <summary>Variables of machines, which outrank the inventory's own.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Variables { get; init; } =
        new Dictionary<string, IReadOnlyDictionary<string, string>>();

    /// <summary>Writes it beside the cluster's record.</summary>
    /// <param name="name">What it is for, as a part of the file's name.</param>
    /// <returns>Its path.</returns>
    public string Write(Cluster cluster, string name)
    {
        var path = Path.Combine(cluster.ArtifactsDirectory, $"inventory-{name}.yml");
        // JSON is YAML; the plugin is found where the file ends in .yml.
        Aside.Write(path, JsonSerializer.Serialize(new Dictionary<string, object>()
        {
            ["plugin"] = "kubelab_changes",
            ["roles"] = NodeGroups.WithRole.SelectMany(NodeGroups.Names),
            ["takes"] = Takes,
            ["last"] = Last,
            ["absent"] = Absent,
            ["variables"] = Variables,
        }));
        return path;
    }
}
