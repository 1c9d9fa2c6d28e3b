namespace KubeLab.Distributions;

/// <summary>Where a distribution leaves the kubeconfig of a cluster that it has installed.</summary>
/// <param name="InInventory">On the control machine, relative to the inventory's folder, where <c>kubeconfig_localhost</c> is true.</param>
/// <param name="Source">Where the second is written; null where the tree doesn't say.</param>
public sealed record KubeconfigPlaces(string OnNode, string InInventory, VariableSource? Source)
{
    private const string Defaults = "roles/kubernetes/client/defaults/main.yml";
    private const string InventoryDirectory = "{{ inventory_dir }}/";

    // The lab's own distribution has all such variables in one place.
    private static readonly string[] Files = [Defaults, "roles/kubespray_defaults/defaults/main/main.yml"];

    /// <summary>Reads them from a distribution's tree.</summary>
    public static KubeconfigPlaces Read(string directory)
    {
        var all = Files.Select(file => VariablesFile.Read(Path.Combine(directory, file), file)).ToList();
        var configuration = all.Select(each => each.GetValueOrDefault("kube_config_dir")).FirstOrDefault(each => each is { IsTemplate: false });
        var artifacts = all.Select(each => each.GetValueOrDefault("artifacts_dir"))
            .FirstOrDefault(each => each?.Value.StartsWith(InventoryDirectory, StringComparison.Ordinal) == true);
        return new KubeconfigPlaces(
            $"{configuration?.Value ?? "/etc/kubernetes"}/admin.conf",
            $"{artifacts?.Value[InventoryDirectory.Length..] ?? "artifacts"}/admin.conf",
            artifacts?.Source);
    }
}
