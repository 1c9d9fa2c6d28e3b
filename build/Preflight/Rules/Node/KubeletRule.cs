namespace KubeLab.Preflight;

/// <summary>No kubelet, and nothing of one, is on a node that belongs to no cluster, or that the inventory gives no part in Kubernetes.</summary>
internal sealed class KubeletRule() : NodeRule("kubelet", "Remains of another kubelet")
{
    private const string Configuration = "/var/lib/kubelet/config.yaml";
    private const string StaticPods = "/etc/kubernetes/manifests/";

    public override IEnumerable<Finding> Judge(ProbedNode node, NodeFacts facts, PreflightContext scene)
    {
        // Whose a kubelet is that has joined is the check other-cluster's to say.
        var traces = Traces(facts).ToList();
        if (traces.Count == 0 || (node.Node.JoinsCluster && facts.HasJoinedCluster))
            yield return Pass(node.Node, traces.Count == 0 ? "nothing of one is there" : "it is the cluster's own");
        else
            yield return Left(node, string.Join(", ", traces));
    }

    private static IEnumerable<string> Traces(NodeFacts facts)
    {
        if (facts.Services.Contains("kubelet"))
            yield return "it runs";
        foreach (var path in facts.Paths.Where(path => path == Configuration || path.StartsWith(StaticPods, StringComparison.Ordinal)))
            yield return path;
    }

    private Finding Left(ProbedNode node, string traces) => Warn(
        node.Node,
        node.Node.JoinsCluster
            ? $"{node.Node.Name} belongs to no cluster, and has a kubelet ({traces})"
            : $"{node.Node.Name} has a kubelet ({traces}), and the inventory gives it no part in Kubernetes",
        $"If a deployment was interrupted there, there is nothing to do. Else reset {node.Node.Name} first: kubeadm reset, and systemctl disable --now kubelet.")
            .Compared(traces, "none", "kubernetes.io, kubeadm reset");
}
