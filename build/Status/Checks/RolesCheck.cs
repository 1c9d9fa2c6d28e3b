using KubeLab.Kubernetes;

namespace KubeLab.Status;

/// <summary>Nodes have the roles and the labels that were asked for. Labels that others add are theirs.</summary>
internal sealed class RolesCheck : IStatusCheck
{
    private const string HostName = "kubernetes.io/hostname";

    public string Id => "labels";
    public string Title => "Nodes have the roles and labels that were asked for";
    public int Rank => 80;

    public async Task<IReadOnlyList<Finding>> JudgeAsync(StatusScene scene, CancellationToken cancellationToken)
    {
        var found = (await scene.Api.ListAsync(ApiPaths.Nodes, KubeNode.Read)).ToDictionary(node => node.Name);
        List<Finding> other = [.. scene.Joined.Where(node => found.ContainsKey(node.Name))
            .SelectMany(node => Judge(node, found[node.Name], scene))];
        return other.Count > 0 ? other : [Finding.Same($"{found.Count} nodes have the roles and labels that were asked for")];
    }

    private static IEnumerable<Finding> Judge(Node node, KubeNode found, StatusScene scene)
    {
        if (node.IsControlPlane && !found.IsControlPlane)
            yield return Finding.Drift(node.Name, "it lacks the label of a control plane, node-role.kubernetes.io/control-plane",
                $"kubectl label node {node.Name} node-role.kubernetes.io/control-plane=. A Deploy doesn't: kubeadm gives it once.");
        if (!node.IsControlPlane && found.IsControlPlane)
            yield return Finding.Drift(node.Name, "it has the label of a control plane, and is none in the inventory",
                $"kubectl label node {node.Name} node-role.kubernetes.io/control-plane-. A Deploy leaves it.");
        if (found.Labels.TryGetValue(HostName, out var host) && host != node.Name)
            yield return Finding.Drift(node.Name, $"its label {HostName} is {host}, by which volumes and pods are bound to it",
                $"kubectl label --overwrite node {node.Name} {HostName}={node.Name}. The kubelet does so too when it starts anew.");
        foreach (var label in Wanted(node, scene))
        {
            var value = found.Labels.GetValueOrDefault(label.Key);
            if (value != label.Value)
                yield return Finding.Drift(node.Name,
                    value is null ? $"it lacks the label {label.Key}={label.Value}"
                        : $"its label {label.Key} is {value}, asked for is {label.Value}",
                    "A Deploy would set it (node_labels).");
        }
    }

    // Kubespray takes a mapping; what a value isn't is a text for Kubernetes.
    private static IEnumerable<KeyValuePair<string, string>> Wanted(Node node, StatusScene scene) =>
        scene.Variables.Of(node, "node_labels") is { Unresolved: null, Value.ValueKind: JsonValueKind.Object } labels
            ? labels.Value.EnumerateObject().Select(label => KeyValuePair.Create(label.Name, $"{label.Value}")) : [];
}
