using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>The network plugin's own pod is ready on every node that can be counted on.</summary>
public sealed class NetworkPluginCheck : ISmokeCheck
{
    // The DaemonSets of the plugins that Kubespray and others bring, in whatever namespace.
    private static readonly string[] Plugins =
    [
        "calico-node", "canal-node", "cilium", "kube-flannel", "kube-flannel-ds", "kube-ovn-cni", "kube-router", "weave-net",
        "antrea-agent", "aws-node", "azure-cni", "ovnkube-node", "kube-multus-ds",
    ];

    private const string KubeSystem = "kube-system";

    public string Id => "network-plugin";
    public string Title => "The network plugin is well on every node";
    public SmokeArea Area => SmokeArea.System;
    public string Needs => "a network plugin that runs as a DaemonSet";

    public async Task<SmokeVerdict> RunAsync(SmokeContext context, CancellationToken cancellationToken)
    {
        var sets = (await context.Api.ListAsync(ApiPaths.AllDaemonSets, KubeWorkload.ReadDaemonSet))
            .Where(set => Plugins.Contains(set.Name)).ToList();
        List<KubePod> pods = [];
        foreach (var space in sets.Select(set => set.Namespace).Distinct())
            pods.AddRange(await context.Api.ListAsync(ApiPaths.PodsOf(space), KubePod.Read));
        return Judge(sets, pods, await context.NodesAsync(), await context.NodeStatesAsync());
    }

    internal static SmokeVerdict Judge(
        IReadOnlyList<KubeWorkload> sets, IReadOnlyList<KubePod> pods, IReadOnlyList<KubeNode> nodes, NodeStates states)
    {
        if (sets.Count == 0)
            return SmokeVerdict.Skip("no network plugin that is known runs as a DaemonSet");
        List<Finding> findings = [];
        foreach (var set in sets)
        {
            // What lacks in kube-system is said of all that runs there.
            if (!set.IsComplete && set.Namespace == KubeSystem)
            {
                findings.Add(Finding.Skip(null, $"{set.Reference} is not complete: see system-workloads"));
                continue;
            }

            var own = pods.Where(set.Selects).ToLookup(pod => pod.Node ?? pod.WantedNode);
            foreach (var node in nodes.Where(node => states.Trouble(node.Name) is null))
            {
                var pod = own[node.Name].FirstOrDefault();
                if (pod is null)
                    findings.Add(Finding.Fail(node.Name, $"no pod of {set.Name} is there, so that no pod gets a network",
                        set.Reference));
                else if (pod.Trouble() is { } trouble)
                    findings.Add(Finding.Fail(node.Name, $"{pod.Name}: {trouble}", pod.Reference));
            }
        }

        return SmokeVerdict.From($"{string.Join(", ", sets.Select(set => set.Name))}: ready on {nodes.Count} nodes", findings);
    }
}
