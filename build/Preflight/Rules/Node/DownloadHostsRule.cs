using KubeLab.Variables;

namespace KubeLab.Preflight;

/// <summary>The node reaches the hosts that the playbook has it download from.</summary>
internal sealed class DownloadHostsRule() : NodeRule("download-hosts", "Hosts that are downloaded from")
{
    private static readonly string[] Detours = ["download_run_once", "http_proxy", "https_proxy"];

    public override IReadOnlyList<string> Variables => [.. DownloadHosts.Variables, .. Detours];

    public override IEnumerable<Finding> Judge(ProbedNode node, NodeFacts facts, PreflightContext scene)
    {
        if (scene.Reach is not { } reach)
            return [Skip("only tried with --deep")];
        if (Elsewhere(node.Node, scene) is { } elsewhere)
            return [Skip($"the node doesn't download directly: {elsewhere.Name} is set ({elsewhere.Source})")];
        var hosts = DownloadHosts.Of(node.Node, scene.Variables).ToList();
        if (hosts.Count == 0)
            return [Skip("the distribution names no hosts to download from")];
        if (reach.GetValueOrDefault(node.Name) is not { } result)
            return [Skip($"{node.Name} was not tried: it is not in the sample")];
        if (result.Failure is { } failure)
            return [Unknown(node, $"they were not tried: {failure}")];
        return hosts.Where(each => result.Outcomes.GetValueOrDefault(each.Target) != ConnectivityResult.Open)
            .Select(each => result.Outcomes.GetValueOrDefault(each.Target) is { } outcome
                ? Fail(node, each.Target, each.Variable, outcome, scene)
                : Unknown(node, $"{each.Target.Host} was not tried"))
            .DefaultIfEmpty(Pass(string.Join(", ", hosts.Select(each => each.Target.Host))));
    }

    /// <summary>Whether a node downloads by itself, through no proxy.</summary>
    public static bool IsDirect(Node node, PreflightContext scene) => Elsewhere(node, scene) is null;

    /// <summary>The variable that has a node's downloads go another way; null for none. An empty proxy is none, and a text
    /// such as "false" is a switch that is off.</summary>
    public static EffectiveVariable? Elsewhere(Node node, PreflightContext scene) => Detours
        .Select(name => scene.Variables.Of(node, name)).OfType<EffectiveVariable>()
        .FirstOrDefault(
            variable => variable.Unresolved is null && variable.Text.ToLowerInvariant() is not ("" or "null" or "false" or "no"));

    private Finding Fail(
        ProbedNode node, ConnectivityTarget target, EffectiveVariable variable, string outcome, PreflightContext scene) => Fail(
        $"{node.Name} can't reach {target.Host}, port {target.Port}, which {variable.Name} names: {outcome}",
        $"Let {node.Name} out to it, or name a mirror: {variable.Name} in {scene.Variables.WhereToChange(variable)} (Kubespray's docs, Offline environment).")
            .Compared(outcome, $"{target.Host}:{target.Port}", variable.Source);
}
