namespace KubeLab.Preflight;

/// <summary>A node that belongs to no cluster has no network configuration for containers yet: the runtime takes the first file
/// by name, and would connect pods to what is left of another network.</summary>
internal sealed class CniConfigurationRule()
    : NodeRule("cni-configuration", "Remains of another pod network", FindingStatus.Warning)
{
    private const string Folder = "/etc/cni/net.d/";
    private const string Plugin = "kube_network_plugin";

    public override IReadOnlyList<string> Variables => [Plugin];

    public override IEnumerable<Finding> Judge(ProbedNode node, NodeFacts facts, PreflightContext scene)
    {
        var files = facts.Paths
            .Where(path => path.StartsWith(Folder, StringComparison.Ordinal) && Path.GetExtension(path) is ".conf" or ".conflist")
            .ToList();
        if (!node.JoinsCluster || facts.HasJoinedCluster || files.Count == 0)
            return [Pass(files.Count == 0 ? "none is there" : "it is the cluster's own")];
        var (names, them) = (string.Join(", ", files), files.Count == 1 ? "it" : "them");
        // Where the playbook installs none, whoever deploys has to: sooner is as good as later.
        if (scene.Variables.Of(node.Node, Plugin) is { Unresolved: null, Text: "cni" or "none" } plugin)
            return [Pass($"{names}, one's own, as {Plugin} is {plugin.Text}")];
        return [Warn(
            $"{node.Name} belongs to no cluster, and has a pod network: {names}",
            $"Remove {them}, unless a deployment that was interrupted left {them}.")
                .Compared(names, "none", "cni.dev, libcni: the first file by name counts")];
    }
}
