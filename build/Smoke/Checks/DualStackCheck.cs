using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>Where some node has pods of both IP families, all of them have, and addresses of both.</summary>
public sealed class DualStackCheck : ISmokeCheck
{
    public string Id => "dual-stack";
    public string Title => "Every node has both IP families";
    public SmokeArea Area => SmokeArea.Nodes;
    public string Needs => "a cluster of two IP families";

    public async Task<SmokeVerdict> RunAsync(SmokeContext context, CancellationToken cancellationToken) => Judge(
        await context.Api.ListAsync(ApiPaths.Nodes, node => new Families(
            node.Text("metadata", "name") ?? "",
            Count(node.Items("spec", "podCIDRs").Select(each => each.Said())),
            Count(KubeNode.Read(node).InternalAddresses))));

    internal static SmokeVerdict Judge(IReadOnlyList<Families> nodes)
    {
        if (!nodes.Any(node => node.OfPods > 1 || node.OfNode > 1))
            return SmokeVerdict.Skip("the cluster has one IP family");
        List<Finding> findings =
        [
            // Some network plugins hand out pods' addresses by themselves, and then no node has a range.
            .. nodes.Where(node => node.OfPods == 1 && nodes.Any(other => other.OfPods > 1)).Select(node => Finding.Fail(
                node.Name, "its pods have addresses of one IP family alone, those of other nodes of both",
                    new("node", node.Name))),
            .. nodes.Where(node => node.OfNode < 2).Select(node => Finding.Fail(
                node.Name, "it has an internal address of one IP family alone: give its kubelet both with --node-ip",
                    new("node", node.Name))),
        ];
        return SmokeVerdict.From($"{nodes.Count} nodes have both IP families", findings);
    }

    private static int Count(IEnumerable<string> addresses) =>
        addresses.Where(address => address.Length > 0).Select(address => address.Contains(':')).Distinct().Count();

    /// <summary>How many IP families a node's pods and the node itself have.</summary>
    internal sealed record Families(string Name, int OfPods, int OfNode);
}
