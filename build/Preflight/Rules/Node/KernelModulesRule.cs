namespace KubeLab.Preflight;

/// <summary>The kernel modules that the container runtime and the network need are loaded, or can be.</summary>
internal sealed class KernelModulesRule() : NodeRule("kernel-modules", "Kernel modules")
{
    private const string ProxyMode = "kube_proxy_mode";
    private static readonly string[] Always = ["overlay", "br_netfilter", "nf_conntrack"];
    private static readonly string[] ForIpvs = ["ip_vs", "ip_vs_rr", "ip_vs_wrr", "ip_vs_sh"];

    public override IReadOnlyList<string> Variables => [ProxyMode];
    public override IReadOnlyList<string> Modules => [.. Always, .. ForIpvs];

    public override IEnumerable<Finding> Judge(ProbedNode node, NodeFacts facts, PreflightContext scene)
    {
        if (!node.JoinsCluster)
            return [Skip("no pods run here")];
        var needed = scene.Variables.Of(node.Node, ProxyMode) is { Unresolved: null, Text: "ipvs" }
            ? Always.Concat(ForIpvs)
            : Always;
        var missing = needed.Except(facts.LoadedModules).Except(facts.AvailableModules).ToList();
        if (missing.Count == 0)
            return [Pass("all are there")];
        var names = string.Join(", ", missing);
        if (facts.Container is { } container)
            return [Skip($"modules ({names}) are the host's affair in a container ({container})")];
        if (facts.Kernel is null || facts.ModuleTrees.Count == 0)
            return [Skip($"the node has no modules on disk, so that {names} may be built in")];
        var verdict = facts.ModuleTrees.Contains(facts.Kernel)
            ? Fail(
                $"{node.Name}: the kernel {facts.Kernel} has no module {names}",
                $"Install the package with the rest of its modules (Ubuntu: linux-modules-extra-{facts.Kernel}; Rocky: kernel-modules-extra), or a usual kernel.")
            : Fail(
                $"{node.Name} runs kernel {facts.Kernel}, whose modules are no longer on the disk ({string.Join(", ", facts.ModuleTrees)} are)",
                $"Restart {node.Name}: it still runs the kernel from before an upgrade.");
        return [verdict
            .Compared(
                $"without {names}", names,
                "kubernetes.io, Container Runtimes; Kubespray's roles/kubernetes/node/tasks/main.yml")];
    }
}
