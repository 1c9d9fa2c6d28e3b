namespace KubeLab.Preflight;

/// <summary>No kubelet, nor its traces, is on a node of no cluster, or one to which the inventory gives no Kubernetes.</summary>
internal sealed class KubeletRule() : NodeRule("kubelet", "Remains of another kubelet")
{
    private const string Configuration = "/var/lib/kubelet/config.yaml";
    private const string StaticPods = "/etc/kubernetes/manifests/";

    public override IEnumerable<Finding> Judge(ProbedNode node, NodeFacts facts, PreflightContext scene)
    {
        // Whose a kubelet is that has joined is the check other-cluster's to say.
        var found = facts.Paths.Where(path => path == Configuration || path.StartsWith(StaticPods, StringComparison.Ordinal));
        var traces = string.Join(", ", facts.Services.Contains("kubelet") ? found.Prepend("it runs") : found);
        if (traces.Length == 0 || (node.JoinsCluster && facts.HasJoinedCluster))
            return [Pass(traces.Length == 0 ? "nothing of one is there" : "it is the cluster's own")];
        return [Warn(
            node.JoinsCluster
                ? $"{node.Name} belongs to no cluster, and has a kubelet ({traces})"
                : $"{node.Name} has a kubelet ({traces}), and the inventory gives it no part in Kubernetes",
            $"If a deployment was interrupted there, there is nothing to do. Else reset {node.Name} first: kubeadm reset, and systemctl disable --now kubelet.")
                .Compared(traces, "none", "kubernetes.io, kubeadm reset")];
    }
}
