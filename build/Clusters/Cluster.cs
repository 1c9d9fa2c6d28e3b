namespace KubeLab.Clusters;

/// <summary>One cluster: an inventory folder, its settings, and where its record is kept.</summary>
/// <param name="Directory">The inventory folder, absolute.</param>
/// <param name="InventoryFile">What Ansible gets with <c>-i</c>: a file, as a folder would hide <c>.ini</c> files.</param>
/// <param name="ArtifactsDirectory">Where its kubeconfig, runs and state are kept, absolute, and no other cluster's:
/// <c>artifacts/NAME</c> for a folder under <c>inventory/</c>, with a hash of its path behind the name for any other.</param>
public sealed record Cluster(
    string Name, string Directory, string InventoryFile, ClusterSettings Settings, string ArtifactsDirectory)
{
    /// <summary>The name of the file in a cluster's folder that holds the host keys that <c>PinHosts</c> pinned.</summary>
    public static string PinnedHostsName => "known_hosts";

    /// <summary>Inventories beside <see cref="InventoryFile"/>, absolute, in the order in which Ansible reads them.</summary>
    public IReadOnlyList<string> MoreInventories { get; init; } = [];

    /// <summary>All inventories, in the order in which Ansible reads them.</summary>
    public IReadOnlyList<string> Inventories => [InventoryFile, .. MoreInventories];

    /// <summary>The inventories as the arguments of an Ansible program: <c>-i</c> before each.</summary>
    public IReadOnlyList<string> InventoryArguments => [.. Inventories.SelectMany(inventory => new[] { "-i", inventory })];

    /// <summary>The pinned host keys: the file that <c>PinHosts</c> writes.</summary>
    public string PinnedHostsFile => Path.Combine(Directory, PinnedHostsName);

    /// <summary>The kubeconfig that <c>FetchKubeconfig</c> leaves.</summary>
    public string KubeconfigFile => Path.Combine(ArtifactsDirectory, "admin.conf");

    /// <summary>One folder a run, named by its UTC time.</summary>
    public string RunsDirectory => Path.Combine(ArtifactsDirectory, "runs");
}
