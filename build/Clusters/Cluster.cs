namespace KubeLab.Clusters;

/// <summary>One cluster: an inventory folder, its settings, and where its record is kept.</summary>
/// <param name="Name">The folder's name, which is the cluster's name.</param>
/// <param name="Directory">The inventory folder, absolute.</param>
/// <param name="InventoryFile">What is handed to Ansible with <c>-i</c>: a file, as a folder would hide <c>.ini</c> files.</param>
/// <param name="Settings">KubeLab's own settings for it.</param>
/// <param name="ArtifactsDirectory">Where its kubeconfig, runs and state are kept, absolute.</param>
public sealed record Cluster(
    string Name, string Directory, string InventoryFile, ClusterSettings Settings, string ArtifactsDirectory)
{
    /// <summary>The kubeconfig that <c>FetchKubeconfig</c> leaves.</summary>
    public string KubeconfigFile => Path.Combine(ArtifactsDirectory, "admin.conf");

    /// <summary>One folder a run, named by its UTC time.</summary>
    public string RunsDirectory => Path.Combine(ArtifactsDirectory, "runs");
}
