using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>The nodes are those of the inventory, with their roles and addresses: none missing, none extra.</summary>
public sealed class NodeSetCheck : ISmokeCheck
{
    public string Id => "node-set";
    public string Title => "The nodes are exactly those of the inventory";
    public SmokeArea Area => SmokeArea.Nodes;
    public string Needs => "an inventory";

    public async Task<SmokeVerdict> RunAsync(SmokeContext context, CancellationToken cancellationToken) =>
        context.Expected.Nodes is { } expected
            ? Judge(expected, await context.NodesAsync())
            : SmokeVerdict.Skip("no inventory was given to compare the nodes with");

    internal static SmokeVerdict Judge(IReadOnlyList<ExpectedNode> expected, IReadOnlyList<KubeNode> actual)
    {
        // The kubelet registers under the name in lower case (https://github.com/kubernetes/kubernetes: util/node).
        var found = actual.ToDictionary(node => node.Name, StringComparer.OrdinalIgnoreCase);
        var members = expected.Where(node => node.JoinsCluster).ToList();
        List<Finding> findings = [.. members.Select(node => Compare(node, found.GetValueOrDefault(node.Name)))];
        var known = members.Select(node => node.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        findings.AddRange(actual.Where(node => !known.Contains(node.Name)).Select(node => Finding.Fail(
            node.Name, "is a node of the cluster, but not in the inventory", new("node", node.Name))));
        return SmokeVerdict.From($"{members.Count} nodes, as in the inventory", findings);
    }

    private static Finding Compare(ExpectedNode expected, KubeNode? actual)
    {
        if (actual is null)
            return Finding.Fail(expected.Name, "is in the inventory, but not a node of the cluster: it never joined");

        var about = new ObjectReference("node", actual.Name);
        if (expected.IsControlPlane != actual.IsControlPlane)
        {
            var (wanted, found) = expected.IsControlPlane ? ("control plane", "worker") : ("worker", "control plane");
            return Finding.Fail(expected.Name, $"is a {wanted} in the inventory, but the cluster has it as a {found}", about);
        }

        var addresses = string.Join(", ", actual.InternalAddresses);
        return IPAddress.TryParse(expected.Address, out var address) && !actual.InternalAddresses.Any(found => Is(found, address))
            ? Finding.Fail(expected.Name, $"has the address {addresses}, in the inventory {expected.Address}", about)
            : Finding.Pass(expected.Name, "as in the inventory");
    }

    private static bool Is(string found, IPAddress address) =>
        IPAddress.TryParse(found, out var actual) && actual.Equals(address);
}
