namespace KubeLab.Preflight;

/// <summary>The processor has the level of x86-64 that images are built for: without it their programs end at once.</summary>
internal sealed class ProcessorLevelRule() : NodeRule("processor-level", "Level of x86-64")
{
    private const string Plugin = "kube_network_plugin";
    private const string CalicoVersion = "calico_version";
    private const int Wanted = 2;

    // projectcalico/calico issue 11352: its images of this release are built for level 2.
    private static readonly Version CalicoFrom = new(3, 31);

    public override IReadOnlyList<string> Variables => [Plugin, CalicoVersion];

    public override IEnumerable<Finding> Judge(ProbedNode node, NodeFacts facts, PreflightContext scene)
    {
        if (!node.JoinsCluster)
            return [Skip("no pods run here")];
        if (facts.Machine is not (null or "x86_64"))
            return [Skip($"{facts.Machine} has no such levels")];
        if (facts.X86Level is not { } level)
            return [Unknown(node, "its /proc/cpuinfo does not tell", stops: false)];
        var observed = $"x86-64-v{level}";
        if (level >= Wanted)
            return [Pass(observed) with { Observed = observed }];
        var problem = $"{node.Name}: its processor is {observed}, and programs built for x86-64-v{Wanted} end there with a fatal error";
        var remedy = $"If {node.Name} is a virtual machine, give it a newer type of processor (host, or x86-64-v2-AES); else take other hardware.";
        return
        [
            (Needing(node, scene) is { } calico
                ? Fail($"{problem}: Calico {calico} is", remedy)
                : Warn($"{problem}, as many images are (Red Hat's UBI 9)", remedy))
                .Compared(observed, $"x86-64-v{Wanted}", "projectcalico/calico issue 11352; Red Hat, RHEL 9 baseline"),
        ];
    }

    private static Version? Needing(ProbedNode node, PreflightContext scene) =>
        scene.Variables.Of(node.Node, Plugin) is { Unresolved: null, Text: "calico" }
        && ComponentVersion.Of(node.Node, scene, CalicoVersion, "calicoctl_binary_checksums") is { } version
            && version >= CalicoFrom ? version : null;
}
