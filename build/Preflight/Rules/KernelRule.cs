namespace KubeLab.Preflight.Rules;

/// <summary>The kernel is new enough for the network plugin and the proxy mode that are chosen.</summary>
public sealed class KernelRule : INodeRule
{
    private const string Plugin = "kube_network_plugin";
    private const string CiliumToo = "cilium_deploy_additionally";
    private const string CiliumVersion = "cilium_version";
    private const string ProxyMode = "kube_proxy_mode";

    // docs.cilium.io, System Requirements, of each release: the floor from that release on.
    private static readonly (Version Release, Version Kernel)[] CiliumFloors =
    [
        (new Version(1, 18), new Version(5, 10)),
        (new Version(1, 16), new Version(5, 4)),
        (new Version(1, 11), new Version(4, 19, 57)),
        (new Version(0, 0), new Version(4, 9, 17)),
    ];

    // Red Hat carries what Cilium needs back to its 4.18 (the same page).
    private static readonly Version RedHatKernel = new(4, 18);

    /// <inheritdoc />
    public string Id => "kernel";

    /// <inheritdoc />
    public string Title => "Kernel";

    /// <inheritdoc />
    public FindingStatus Severity => FindingStatus.Fail;

    /// <inheritdoc />
    public IReadOnlyList<string> Variables => [Plugin, CiliumToo, CiliumVersion, ProxyMode];

    /// <inheritdoc />
    public IEnumerable<Finding> Judge(ProbedNode node, NodeFacts facts, PreflightScene scene)
    {
        if (KernelVersion.Parse(facts.Kernel) is not { } kernel)
        {
            yield return this.Skip(node.Node, "the node does not say its kernel's release");
            yield break;
        }

        var floor = Floors(node, facts, scene).DefaultIfEmpty().MaxBy(floor => floor.Kernel);
        yield return floor.Kernel is null || kernel >= floor.Kernel
            ? this.Pass(node.Node, $"{facts.Kernel}") with { Observed = facts.Kernel, Required = floor.Kernel?.ToString(), Source = floor.Source }
            : this.Fail(
                node.Node,
                $"{node.Node.Name} runs kernel {facts.Kernel}, and {floor.For} needs {floor.Kernel}",
                $"Install a newer kernel on {node.Node.Name} and restart it, or choose another {floor.Variable}.") with
            {
                Observed = facts.Kernel,
                Required = floor.Kernel.ToString(),
                Source = floor.Source,
            };
    }

    private static IEnumerable<(Version? Kernel, string For, string Variable, string? Source)> Floors(ProbedNode node, NodeFacts facts, PreflightScene scene)
    {
        if (!node.Node.JoinsCluster)
            yield break;
        var usesCilium = scene.Variables.Of(node.Node, Plugin) is { Unresolved: null, Text: "cilium" }
            || scene.Variables.Of(node.Node, CiliumToo) is { Unresolved: null, IsTrue: true };
        if (usesCilium)
        {
            var release = scene.Variables.Of(node.Node, CiliumVersion) is { Unresolved: null } set && Version.TryParse(set.Text.TrimStart('v').Split('-')[0], out var parsed) ? parsed : new Version(0, 0);
            var floor = CiliumFloors.First(floor => release >= floor.Release).Kernel;
            yield return (floor > RedHatKernel && IsRedHat8(facts) ? RedHatKernel : floor, $"Cilium {release}", Plugin, "docs.cilium.io, System Requirements");
        }

        if (scene.Variables.Of(node.Node, ProxyMode) is { Unresolved: null, Text: "nftables" } mode)
            yield return (new Version(5, 13), "kube-proxy's mode nftables", ProxyMode, $"{mode.Source}; kubernetes.io, Virtual IPs and Service Proxies");
    }

    private static bool IsRedHat8(NodeFacts facts) => facts.Kernel!.Contains(".el8", StringComparison.Ordinal);
}
