namespace KubeLab.Preflight;

/// <summary>The kernel is new enough for the network plugin and the proxy mode that are chosen, and for kubeadm.</summary>
internal sealed class KernelRule() : NodeRule("kernel", "Kernel")
{
    private sealed record Floor(Version Kernel, string For, string WayOut, string Source, bool IsFatal = true);

    private const string Plugin = "kube_network_plugin";
    private const string CiliumToo = "cilium_deploy_additionally";
    private const string CiliumVersion = "cilium_version";
    private const string CiliumEncrypts = "cilium_encryption_enabled";
    private const string CiliumEncryption = "cilium_encryption_type";
    private const string FlannelBackend = "flannel_backend_type";
    private const string CalicoBpf = "calico_bpf_enabled";
    private const string ProxyMode = "kube_proxy_mode";
    private const string ByKubeadm = "SystemVerification";

    // docs.cilium.io, System Requirements, of each release: the floor from that release on.
    private static readonly (Version Release, Version Kernel)[] CiliumFloors = [
        (new Version(1, 18), new Version(5, 10)),
        (new Version(1, 16), new Version(5, 4)),
        (new Version(1, 11), new Version(4, 19, 57)),
        (new Version(0, 0), new Version(4, 9, 17)),
    ];

    // Red Hat carries what eBPF needs back to its 4.18 (the same page, and docs.tigera.io).
    private static readonly Version RedHatKernel = new(4, 18);

    private static readonly Version WireGuard = new(5, 6);

    // kubernetes.io, Linux Kernel Version Requirements: kubeadm's list begins with 4.19 from Kubernetes 1.32 on.
    private static readonly Version FirstWithFloor = new(1, 32);

    public override IReadOnlyList<string> Variables => [
        Plugin, CiliumToo, CiliumVersion, CiliumEncrypts, CiliumEncryption,
        FlannelBackend, CalicoBpf, ProxyMode, KubeadmPreflight.Variable,
    ];

    public override IEnumerable<Finding> Judge(ProbedNode node, NodeFacts facts, PreflightContext scene)
    {
        if (Figures(facts.Kernel) is not { } kernel)
            return [Skip("the node does not say its kernel's release")];

        var floors = node.JoinsCluster ? Floors(node, facts, scene).ToList() : [];
        var missed = floors.Where(floor => kernel < floor.Kernel).OrderByDescending(floor => floor.IsFatal)
            .ThenByDescending(floor => floor.Kernel).FirstOrDefault();
        var highest = missed ?? floors.MaxBy(floor => floor.Kernel);
        var verdict = missed is null
            ? Pass($"{facts.Kernel}")
            : Missed(node, missed, $"{node.Name} runs kernel {facts.Kernel}, and {missed.For} needs {missed.Kernel}");
        return [verdict.Compared(facts.Kernel, highest?.Kernel.ToString(), highest?.Source)];
    }

    private Finding Missed(ProbedNode node, Floor floor, string problem)
    {
        var remedy = $"Install a newer kernel on {node.Name} and restart it, or {floor.WayOut}.";
        return floor.IsFatal ? Fail(problem, remedy) : Warn(problem, remedy);
    }

    private static IEnumerable<Floor> Floors(ProbedNode node, NodeFacts facts, PreflightContext scene)
    {
        var plugin = Text(node, Plugin, scene);
        if (plugin == "cilium" || IsTrue(node, CiliumToo, scene))
        {
            yield return OfCilium(node, facts, scene);
            if (IsTrue(node, CiliumEncrypts, scene) && Text(node, CiliumEncryption, scene) == "wireguard")
                yield return new Floor(
                    WireGuard, "Cilium with WireGuard", $"choose another {CiliumEncryption}",
                    "Kubespray's assert, roles/network_plugin/cilium/tasks/check.yml");
        }

        if (plugin == "flannel" && Text(node, FlannelBackend, scene) == "wireguard")
            yield return new Floor(
                WireGuard, "Flannel with WireGuard", $"choose another {FlannelBackend}",
                "Kubespray's assert, roles/network_plugin/flannel/tasks/main.yml");

        // Calico only says so in its log and goes on without eBPF.
        if (plugin == "calico" && IsTrue(node, CalicoBpf, scene) && !IsRedHat8(facts))
            yield return new Floor(
                new Version(5, 3), "Calico's eBPF", $"set {CalicoBpf}: false", "docs.tigera.io, eBPF data plane", IsFatal: false);
        if (Text(node, ProxyMode, scene) == "nftables")
            yield return new Floor(
                new Version(5, 13), "kube-proxy's mode nftables", $"choose another {ProxyMode}",
                "kubernetes.io, Virtual IPs and Service Proxies");
        if (scene.Kubernetes.Version >= FirstWithFloor
            && !facts.HasJoinedCluster
            && KubeadmPreflight.Of(node, scene, ByKubeadm) is { } source)
            yield return new Floor(
                new Version(4, 19), $"kubeadm of Kubernetes {scene.Kubernetes.Version}",
                $"add {ByKubeadm} to {KubeadmPreflight.Variable} in {scene.Variables.FileForAllNodes}", source);
    }

    private static Floor OfCilium(ProbedNode node, NodeFacts facts, PreflightContext scene)
    {
        var release = Version.TryParse(Text(node, CiliumVersion, scene)?.TrimStart('v').Split('-')[0], out var parsed)
            ? parsed
            : new Version(0, 0);
        var floor = CiliumFloors.First(floor => release >= floor.Release).Kernel;
        return new Floor(
            floor > RedHatKernel && IsRedHat8(facts) ? RedHatKernel : floor,
            release > new Version(0, 0) ? $"Cilium {release}" : "Cilium",
            $"choose another {Plugin}", "docs.cilium.io, System Requirements");
    }

    private static string? Text(ProbedNode node, string variable, PreflightContext scene) =>
        scene.Variables.Of(node.Node, variable) is { Unresolved: null } set ? set.Text : null;

    private static bool IsTrue(ProbedNode node, string variable, PreflightContext scene) =>
        scene.Variables.Of(node.Node, variable) is { Unresolved: null, IsTrue: true };

    private static bool IsRedHat8(NodeFacts facts) => facts.Kernel!.Contains(".el8");

    // The figures of a release, by which the playbooks compare: 6.1.0-18-amd64 is 6.1.0.
    private static Version? Figures(string? release)
    {
        var end = release.AsSpan().IndexOfAnyExceptInRange('.', '9');
        return Version.TryParse((end < 0 ? release : release?[..end])?.TrimEnd('.', '/'), out var version) ? version : null;
    }
}
