using KubeLab.Kubernetes;

namespace KubeLab.Status;

/// <summary>Nodes have the taints that were asked for and no other, and none is cordoned.</summary>
internal sealed class TaintsCheck : IStatusCheck
{
    private static readonly string[] OfControlPlane = ["node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master"];

    // The cluster sets these by itself, from a node's conditions and while one is being set up.
    private static readonly string[] OfCluster = ["node.kubernetes.io/", "node.cloudprovider.kubernetes.io/"];

    public string Id => "taints";
    public string Title => "Nodes have the taints that were asked for";
    public int Rank => 90;

    public async Task<IReadOnlyList<Finding>> JudgeAsync(StatusScene scene, CancellationToken cancellationToken)
    {
        var found = (await scene.Api.ListAsync(ApiPaths.Nodes, KubeNode.Read)).ToDictionary(node => node.Name);
        List<Finding> other = [.. scene.Joined.Where(node => found.ContainsKey(node.Name))
            .SelectMany(node => Judge(node, found[node.Name], Wanted(node, scene)))];
        return other.Count > 0 ? other : [Finding.Same($"{found.Count} nodes have the taints that were asked for")];
    }

    private static IEnumerable<Finding> Judge(Node node, KubeNode found, IReadOnlyList<string> wanted)
    {
        if (found.Unschedulable)
            yield return Finding.Drift(node.Name, "it is cordoned",
                $"kubectl uncordon {node.Name}, once what it was cordoned for is over. A Deploy leaves it.");
        var own = found.Taints.Where(taint => !OfCluster.Any(prefix => taint.Key.StartsWith(prefix, StringComparison.Ordinal)))
            .ToList();
        foreach (var taint in own.Where(taint => !wanted.Contains($"{taint}") && !IsOfControlPlane(node, taint)))
            yield return Finding.Drift(node.Name, $"it has the taint {taint}, which nobody asked for",
                $"kubectl taint node {node.Name} {taint.Key}-, or ask for it in node_taints. A Deploy leaves it.");
        foreach (var taint in wanted.Where(taint => !own.Exists(each => $"{each}" == taint)))
            yield return Finding.Drift(node.Name, $"it lacks the taint {taint}", "A Deploy would set it (node_taints).");
        if (node is { IsControlPlane: true, IsWorker: false } && !own.Exists(taint => OfControlPlane.Contains(taint.Key)))
            yield return Finding.Drift(node.Name, "it lacks the control plane's taint, so that it takes any pod",
                $"kubectl taint node {node.Name} node-role.kubernetes.io/control-plane=:NoSchedule (master up to 1.23), or list it in kube_node.");
    }

    // One that is listed among the workers too has none.
    private static bool IsOfControlPlane(Node node, KubeTaint taint) =>
        node is { IsControlPlane: true, IsWorker: false } && OfControlPlane.Contains(taint.Key);

    private static IReadOnlyList<string> Wanted(Node node, StatusScene scene) =>
        scene.Variables.Of(node, "node_taints") is { Unresolved: null } taints ? taints.Items : [];
}
