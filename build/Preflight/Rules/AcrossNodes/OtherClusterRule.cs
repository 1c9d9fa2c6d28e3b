namespace KubeLab.Preflight;

/// <summary>No node belongs to another cluster: its certificate is this cluster's control plane's, or it has none.</summary>
internal sealed class OtherClusterRule() : ClusterRule("other-cluster", "Remains of another cluster", RuleStage.Nodes)
{
    private static readonly string[] Balancers =
        ["loadbalancer_apiserver", "kube_vip_address", "apiserver_loadbalancer_domain_name"];

    public override IEnumerable<Finding> Judge(PreflightContext scene)
    {
        var answered = scene.Answered.Where(each => each.Node.Node.JoinsCluster).ToList();
        var controlPlane = answered.Where(each => each.Node.Node.IsControlPlane).ToList();
        var ours = controlPlane.Select(each => PemFingerprint.Of(each.Facts.ClusterCertificate))
            .FirstOrDefault(print => print is not null);
        // Where no control plane node answered, there is nothing to compare with.
        var strangers = answered.Where(
            each => controlPlane.Count > 0 && PemFingerprint.Of(each.Facts.ClusterCertificate) is { } print && print != ours);
        return strangers.Select(each => Stranger(each.Node, each.Facts))
            .Concat(answered.Where(each => LeadsElsewhere(each.Facts, answered, scene))
                .Select(each => Elsewhere(each.Node, each.Facts)))
            .DistinctBy(finding => finding.Node)
            .DefaultIfEmpty(Pass(ours is null ? "no node belongs to a cluster yet"
                : "the nodes that belong to a cluster belong to one"));
    }

    // A kubelet that was told an address of no node here. A load balancer's address may be any, and so may the loopback's.
    private static bool LeadsElsewhere(NodeFacts facts, List<(ProbedNode Node, NodeFacts Facts)> answered, PreflightContext scene)
    {
        if (facts.ApiServer is not { } url || !Uri.TryCreate(url, UriKind.Absolute, out var server)
            || !IPAddress.TryParse(server.Host.Trim('[', ']'), out var address))
            return false;
        if (IPAddress.IsLoopback(address) || answered.Count < scene.Nodes.Count
            || Balancers.Any(name => scene.Variables.OfCluster(name) is not null))
            return false;
        return !answered.Exists(each => each.Node.Node.AccessAddress == address.ToString()
            || each.Node.Node.Address == address.ToString()
            || each.Facts.Addresses?.Any(own => own.Address.Equals(address)) is not false);
    }

    private Finding Stranger(ProbedNode node, NodeFacts facts) => Fail(
        $"{node.Name} belongs to another cluster{(facts.ApiServer is { } server ? $", {server}" : "")}: its /etc/kubernetes holds another certificate than the control plane's",
        Remedy(node),
        node.Node)
            .Compared(PemFingerprint.Of(facts.ClusterCertificate)?[..16], "this cluster's certificate, or none",
                "the first control plane node's /etc/kubernetes");

    private Finding Elsewhere(ProbedNode node, NodeFacts facts) => Fail(
        $"{node.Name} belongs to another cluster: its kubelet was told {facts.ApiServer}, and no node here has that address",
        Remedy(node),
        node.Node)
            .Compared(facts.ApiServer, "an API server of this cluster", "the inventory's addresses, and those on its nodes");

    private static string Remedy(ProbedNode node) =>
        $"If {node.Name} may be taken for this cluster, reset it first (kubeadm reset, and remove /etc/kubernetes, /etc/cni/net.d and /var/lib/kubelet). Else take it out of the inventory.";
}
