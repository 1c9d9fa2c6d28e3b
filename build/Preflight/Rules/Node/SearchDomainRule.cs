namespace KubeLab.Preflight;

/// <summary>
/// No search domain of the node answers for every name: pods look up names there too, and would find its address in place of the
/// one they mean.
/// </summary>
internal sealed class SearchDomainRule() : NodeRule("search-domains", "Search domains without a wildcard", FindingStatus.Warning)
{
    public override IEnumerable<Finding> Judge(ProbedNode node, NodeFacts facts, PreflightContext scene)
    {
        if (!node.JoinsCluster)
            return [Skip("no pods run here")];
        var domains = string.Join(", ", facts.SearchDomains);
        if (domains.Length == 0)
            return [Pass("it has none")];
        if (scene.Reach is not { } reach)
            return [Skip("only tried with --deep")];
        if (reach.GetValueOrDefault(node.Name) is not { } result)
            return [Skip($"{node.Name} was not tried: it is not in the sample")];
        if (result.Failure is not null || result.Wildcard is null
            || result.Wildcard.StartsWith("failed", StringComparison.Ordinal))
            return [Unknown(node,
                $"a name was not looked up in {domains}: {result.Failure ?? result.Wildcard ?? "it does not say why"}")];
        return
        [
            (result.Wildcard == "none"
                ? Pass(domains)
                : Warn(
                    $"{node.Name}: a name that nobody has resolves to {result.Wildcard}, so that one of its search domains ({domains}) has a wildcard",
                    $"Take the wildcard out of the DNS, or the domain out of /etc/resolv.conf on {node.Name} (or name another file in kube_resolv_conf)."))
                .Compared(result.Wildcard == "none" ? "no address" : result.Wildcard, "no address",
                    "kubernetes.io, Debugging DNS resolution; DNS for Services and Pods"),
        ];
    }
}
