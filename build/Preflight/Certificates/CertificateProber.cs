using KubeLab.Ssh;
using KubeLab.Variables;

namespace KubeLab.Preflight;

/// <summary>Asks nodes which certificates they have: all at once, each in one round trip, reading only.</summary>
/// <param name="prober">Tells how privileges are escalated on a node.</param>
public sealed class CertificateProber(INodeShell shell, NodeProber prober)
{
    // kubeadm's, Kubespray's, etcd's by Kubespray's script, Calico's, and the kubelet's.
    private static readonly string[] Folders =
    [
        "/etc/kubernetes/pki", "/etc/kubernetes/pki/etcd", "/etc/kubernetes/ssl", "/etc/kubernetes/ssl/etcd", "/etc/ssl/etcd/ssl",
        "/etc/calico/certs", "/var/lib/kubelet/pki",
    ];

    private static readonly string[] Configs = ["/etc/kubernetes", "/root/.kube"];

    /// <summary>The variables of folders that an inventory may name others by.</summary>
    public static IReadOnlyList<string> Variables { get; } = ["kube_cert_dir", "etcd_cert_dir", "kube_config_dir"];

    /// <summary>Asks nodes.</summary>
    /// <param name="variables">The variables, templates among <see cref="Variables"/> resolved.</param>
    public async Task<IReadOnlyList<NodeCertificates>> AskAsync(
        IReadOnlyList<Node> nodes, ClusterVariables variables, CancellationToken cancellationToken = default)
    {
        string[] Named(params string[] names) => [.. names.Select(variables.OfCluster)
            .Where(variable => variable is { Unresolved: null }).Select(variable => variable!.Text)];
        string[] folders = [.. Folders.Concat(Named("kube_cert_dir", "etcd_cert_dir")).Distinct()];
        string[] configs = [.. Configs.Concat(Named("kube_config_dir")).Distinct()];
        var results = new NodeCertificates[nodes.Count];
        var limits = new ParallelOptions
        { MaxDegreeOfParallelism = NodeProber.DefaultConcurrency, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, nodes.Count, limits, async (i, token) =>
            results[i] = await AskAsync(nodes[i], folders, configs, token));
        return results;
    }

    /// <summary>Asks one node.</summary>
    /// <param name="folders">The folders that hold certificates.</param>
    /// <param name="configs">The folders that hold kubeconfigs.</param>
    public async Task<NodeCertificates> AskAsync(
        Node node, IReadOnlyList<string> folders, IReadOnlyList<string> configs, CancellationToken cancellationToken = default)
    {
        try
        {
            var request = prober.WithBecome(new ProbeRequest(), node);
            var result = await shell.RunAsync(node, ProbeScript.ForCertificates(request, folders, configs), cancellationToken);
            return result.Failure is { } failure
                ? NodeCertificates.Unknown(node.Name, failure.Message, failure.Remedy)
                : NodeCertificates.Parse(node.Name, result.Output, request.Marker);
        }
        catch (UserError error)
        {
            return NodeCertificates.Unknown(node.Name, error.Problem, error.Remedy ?? "Correct it, and ask again.");
        }
    }
}
