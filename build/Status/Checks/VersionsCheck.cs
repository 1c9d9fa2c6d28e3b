using KubeLab.Distributions;
using KubeLab.Kubernetes;
using Version = System.Version;

namespace KubeLab.Status;

/// <summary>Every component is of the version that was asked for: kubelets, the control plane's, the container runtime, the
/// network plugin.</summary>
internal sealed class VersionsCheck : IStatusCheck
{
    private static readonly string[] ControlPlane = ["kube-apiserver", "kube-controller-manager", "kube-scheduler"];

    // Where the name of a plugin's DaemonSet isn't that of its variable.
    private static readonly (string Plugin, string DaemonSet)[] Plugins =
    [
        ("calico", "calico-node"), ("canal", "canal-node"), ("cilium", "cilium"), ("flannel", "kube-flannel"),
        ("kube-router", "kube-router"), ("kube-ovn", "kube-ovn-cni"), ("weave", "weave-net"),
    ];

    public string Id => "versions";
    public string Title => "Every component is of the version that was asked for";
    public int Rank => 70;

    public async Task<IReadOnlyList<Finding>> JudgeAsync(StatusScene scene, CancellationToken cancellationToken)
    {
        var found = await FoundAsync(scene);
        List<Finding> other = [.. found.Where(each => each.Wanted is not null && each.Found != each.Wanted).Select(each =>
            Finding.Drift(each.Node,
                $"{each.What} is {each.Found?.ToString() ?? "of a version that can't be read"}, asked for is {each.Wanted}", each.Remedy))];
        if (other.Count > 0)
            return other;
        return found.Count == 0
            ? [Finding.NotCompared(null, "no version was asked for that could be compared")]
            : [.. found.GroupBy(each => each.What).Select(each => Finding.Same(
                $"{each.Key}: {string.Join(", ", each.Select(one => one.Found).Distinct())}"))];
    }

    private static async Task<IReadOnlyList<(string? Node, string What, Version? Found, Version? Wanted,
        string Remedy)>> FoundAsync(
        StatusScene scene)
    {
        const string Upgrade = "./build.sh Upgrade brings it there, node by node; a Deploy may do so in its own way.";
        List<(string?, string, Version?, Version?, string)> found = [];
        var nodes = await scene.Api.ListAsync(ApiPaths.Nodes, KubeNode.Read);
        foreach (var node in nodes)
            found.Add((node.Name, "the kubelet", KubernetesVersions.Parse(node.KubeletVersion), scene.Kubernetes, Upgrade));
        var pods = await scene.Api.ListAsync(ApiPaths.SystemPods, pod => (Pod: KubePod.Read(pod), Images: Images(pod, "spec")));
        foreach (var (pod, images) in pods.Where(each => each.Pod.OwnerKind == "Node"))
        {
            if (pod.Labels.GetValueOrDefault("component") is { } component && ControlPlane.Contains(component)
                && images is [var image, ..])
                found.Add((pod.Node, component, Tag(image), scene.Kubernetes, Upgrade));
        }

        var runtime = scene.Variable("container_manager")?.Text ?? "containerd";
        if (scene.Variable($"{runtime}_version") is { } wanted)
        {
            found.AddRange(nodes.Where(node => node.Runtime.StartsWith($"{runtime}://", StringComparison.Ordinal))
                .Select(node => (
                (string?)node.Name, runtime, KubernetesVersions.Parse(node.Runtime[(runtime.Length + 3)..]),
                KubernetesVersions.Parse(wanted.Text), "A Deploy would replace it.")));
        }

        found.AddRange(await PluginAsync(scene));
        return found;
    }

    private static async Task<IEnumerable<(string?, string, Version?, Version?, string)>> PluginAsync(StatusScene scene)
    {
        var plugin = Array.Find(Plugins, each => each.Plugin == scene.Variable("kube_network_plugin")?.Text);
        if (plugin.Plugin is null || scene.Variable($"{plugin.Plugin.Replace('-', '_')}_version") is not { } wanted)
            return [];
        var sets = await scene.Api.ListAsync(
            ApiPaths.AllDaemonSets, set => (Name: set.Text("metadata", "name"), Images: Images(set, "spec", "template", "spec")));
        return sets.Where(set => set.Name == plugin.DaemonSet && set.Images.Count > 0).Select(set => (
            (string?)null, plugin.Plugin, Tag(set.Images[0]), KubernetesVersions.Parse(wanted.Text),
                "A Deploy would replace it."));
    }

    private static List<string> Images(JsonElement item, params ReadOnlySpan<string> path) =>
        [.. (item.At(path) is { } spec ? spec.Items("containers") : []).Select(each => each.Text("image") ?? "")];

    private static Version? Tag(string image) =>
        image.LastIndexOf(':') is > 0 and var at ? KubernetesVersions.Parse(image[(at + 1)..].Split('@')[0]) : null;
}
