using KubeLab.Kubernetes;

namespace KubeLab.Status;

/// <summary>Where kubeadm writes the kubelets' configuration, each has the cluster's. What a release writes itself is compared
/// with its other files.</summary>
internal sealed class KubeletConfigurationCheck : IStatusCheck
{
    private const string ConfigMaps = "/api/v1/namespaces/kube-system/configmaps";

    // kubeadm fits these to each machine.
    private static readonly string[] OfMachine = ["resolvConf", "containerRuntimeEndpoint"];

    public static string File => "/var/lib/kubelet/config.yaml";

    public string Id => "kubelet-configuration";
    public string Title => "Each kubelet has the cluster's configuration";
    public int Rank => 110;

    public async Task<IReadOnlyList<Finding>> JudgeAsync(StatusScene scene, CancellationToken cancellationToken)
    {
        if (scene.Release.Written.Any(file => Path.GetFileName(file.Dest).StartsWith("kubelet-config", StringComparison.Ordinal))
            || scene.Release.Unwritten
                .Any(file => Path.GetFileName(file.Dest).StartsWith("kubelet-config", StringComparison.Ordinal)))
            return [];
        if (await OfClusterAsync(scene) is not { } cluster)
            return [Finding.NotCompared(null, "the cluster keeps no configuration of kubelets (ConfigMap kubelet-config)")];
        List<Finding> other = [];
        foreach (var node in scene.Nodes.Where(node => scene.Joined.Any(joined => joined.Name == node.Name)))
        {
            if (node.Says?.Files.GetValueOrDefault(File) is not { } text)
                continue;
            if (YamlEntries.Of(text) is not { } own)
                other.Add(Finding.Broken(node.Name, $"{File} is no YAML: the kubelet doesn't start again with it",
                    Remedy(node.Name)));
            else if (Differences(own, cluster) is { Count: > 0 } differences)
                other.Add(Finding.Drift(node.Name, $"{File}: {string.Join("; ", differences)}", Remedy(node.Name)));
        }

        return other.Count > 0 ? other : [Finding.Same("kubelets have the cluster's configuration")];
    }

    /// <summary>The entries of the configuration that the cluster keeps; null where it keeps none.</summary>
    public static async Task<IReadOnlyDictionary<string, string>?> OfClusterAsync(StatusScene scene)
    {
        var maps = await scene.Api.ListAsync(ConfigMaps, map =>
            (Name: map.Text("metadata", "name") ?? "", Text: map.Text("data", "kubelet")));
        // Up to 1.23 each minor version has one of its own.
        var map = maps.Where(each => each.Name == "kubelet-config"
            || each.Name == $"kubelet-config-{scene.Kubernetes?.ToString(2)}")
            .MinBy(each => each.Name.Length);
        return map.Text is { } text ? YamlEntries.Of(text) : null;
    }

    private static List<string> Differences(IReadOnlyDictionary<string, string> own, IReadOnlyDictionary<string,
        string> cluster) =>
    [
        .. own.Keys.Union(cluster.Keys).Where(key => !OfMachine.Contains(key.Split('.')[0])
                && own.GetValueOrDefault(key) != cluster.GetValueOrDefault(key)).Order(StringComparer.Ordinal)
            .Select(key => $"{key} is {own.GetValueOrDefault(key, "not set")}, in the cluster {cluster.GetValueOrDefault(key, "not set")}"),
    ];

    private static string Remedy(string node) =>
        $"On {node}: kubeadm upgrade node phase kubelet-config, then systemctl restart kubelet. A Deploy leaves it.";
}
