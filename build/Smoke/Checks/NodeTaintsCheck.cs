using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>No node keeps pods away that isn't meant to: no cordon, no taint beside the control plane's.</summary>
public sealed class NodeTaintsCheck : ISmokeCheck
{
    private static readonly string[] OfControlPlane = ["node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master"];

    // The cluster sets these by itself from the node's conditions, which nodes-ready reports; a cordon sets the last one.
    private const string OfConditions = "node.kubernetes.io/";

    public string Id => "node-taints";
    public string Title => "Every worker takes pods";
    public SmokeArea Area => SmokeArea.Nodes;

    public async Task<SmokeVerdict> RunAsync(SmokeContext context, CancellationToken cancellationToken) =>
        Judge(await context.NodesAsync(), context.Options.Settings.AllowedTaints);

    internal static SmokeVerdict Judge(IReadOnlyList<KubeNode> nodes, IReadOnlyList<string> allowed)
    {
        var findings = nodes.SelectMany(node => Judge(node, allowed));
        // What keeps pods away for a node's condition alone goes with the condition.
        var kept = nodes.Where(node => !node.TakesPods && WithoutConditions(node).TakesPods).Select(node => node.Name).ToList();
        var taking = nodes.Count(node => WithoutConditions(node).TakesPods);
        return SmokeVerdict.From(
            $"{taking} of {nodes.Count} nodes {(kept.Count > 0 ? "are to take" : "take")} pods without tolerations, the others are meant "
            + $"not to{(kept.Count > 0 ? $"; {string.Join(", ", kept)} can't as long as nodes-ready finds something" : "")}",
            [.. findings]);
    }

    private static KubeNode WithoutConditions(KubeNode node) =>
        node with { Taints = [.. node.Taints.Where(taint => !taint.Key.StartsWith(OfConditions, StringComparison.Ordinal))] };

    private static IEnumerable<Finding> Judge(KubeNode node, IReadOnlyList<string> allowed)
    {
        var about = new ObjectReference("node", node.Name);
        if (node.Unschedulable)
            yield return Finding.Fail(node.Name, $"is cordoned: kubectl uncordon {node.Name}", about);
        foreach (var taint in node.Taints.Where(taint => taint.Repels && !IsMeant(node, taint, allowed)))
        {
            yield return Finding.Fail(node.Name, $"has the taint {taint}, so no pod without a toleration runs there. Where it is "
                + $"meant to be, allow the key {taint.Key}; else: kubectl taint node {node.Name} {taint.Key}-", about);
        }
    }

    private static bool IsMeant(KubeNode node, KubeTaint taint, IReadOnlyList<string> allowed) =>
        taint.Key.StartsWith(OfConditions, StringComparison.Ordinal)
        || (node.IsControlPlane && OfControlPlane.Contains(taint.Key))
        || allowed.Contains(taint.Key);
}
