namespace KubeLab.Preflight;

/// <summary>
/// The playbook installs a pod network: with <c>cni</c> or <c>none</c> it installs none, and a node is not Ready without one
/// (its kubelet says "cni config uninitialized").
/// </summary>
internal sealed class PodNetworkRule() : ClusterRule("pod-network", "A pod network is installed", RuleStage.Inventory)
{
    private const string Plugin = "kube_network_plugin";

    public override IReadOnlyList<string> Variables => [Plugin];

    public override IEnumerable<Finding> Judge(PreflightContext scene)
    {
        if (scene.Variables.OfCluster(Plugin) is not { Unresolved: null, Text: { } name } variable)
            return [Skip($"the distribution has no {Plugin}")];
        var verdict = name is "cni" or "none"
            ? Warn(
                $"{Plugin} is {name}, so the playbook installs no pod network, and no node becomes Ready without one",
                $"Install one right after the playbook, before the smoke test, or set {Plugin} in {scene.Variables.WhereToChange(variable)}.")
            : Pass(name);
        return [verdict with { Observed = name, Required = "a network plugin that is installed", Source = variable.Source }];
    }
}
