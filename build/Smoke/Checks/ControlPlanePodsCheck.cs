using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>API server, controller manager and scheduler run on every control plane, each as a ready pod.</summary>
public sealed class ControlPlanePodsCheck : ISmokeCheck
{
    // The labels that kubeadm gives its static pods, and everything that builds on kubeadm keeps.
    private static readonly string[] Components = ["kube-apiserver", "kube-controller-manager", "kube-scheduler"];

    public string Id => "control-plane-pods";
    public string Title => "The control plane's pods run on every control plane";
    public SmokeArea Area => SmokeArea.ControlPlane;
    public string Needs => "a control plane made of pods, as kubeadm makes it";

    public async Task<SmokeVerdict> RunAsync(SmokeContext context, CancellationToken cancellationToken)
    {
        var pods = await context.SystemPodsAsync();
        var states = await context.NodeStatesAsync();
        return Judge(await NodesAsync(context), pods, states);
    }

    internal static SmokeVerdict Judge(IReadOnlyList<string> controlPlanes, IReadOnlyList<KubePod> pods, NodeStates states)
    {
        var byComponent = pods.ToLookup(pod => pod.Labels.GetValueOrDefault("component") ?? "");
        if (!Components.Any(component => byComponent[component].Any()))
            return SmokeVerdict.Skip("the control plane isn't made of pods here, so it can't be looked at from inside");

        var running = Components.SelectMany(component => byComponent[component]);
        var nodes = controlPlanes.Count > 0 ? controlPlanes : [.. running.Select(pod => pod.Node).OfType<string>().Distinct()];
        var findings = nodes.SelectMany(node => states.Trouble(node) is null
            ? Components.Select(component => Judge(node, component, byComponent[component]))
            : [Finding.Skip(node, "not judged, as the node can't be counted on: see nodes-ready")]);
        return SmokeVerdict.From($"{Components.Length} pods on each of {nodes.Count} control planes", [.. findings]);
    }

    private static Finding Judge(string node, string component, IEnumerable<KubePod> pods)
    {
        var pod = pods.FirstOrDefault(pod => pod.Node == node);
        if (pod is null)
            return Finding.Fail(node, $"{component} is missing: is its manifest in /etc/kubernetes/manifests?");
        return pod.Trouble() is { } trouble
            ? Finding.Fail(node, $"{component}: {trouble}", pod.Reference)
            : Finding.Pass(node, $"{component} is ready");
    }

    private static async Task<IReadOnlyList<string>> NodesAsync(SmokeContext context)
    {
        if (context.Expected.Nodes is { } expected)
            return [.. expected.Where(node => node.IsControlPlane).Select(node => node.Name)];
        var nodes = await context.NodesAsync().OrNoneIfAsync(ApiProblemKind.Forbidden);
        return [.. nodes.Where(node => node.IsControlPlane).Select(node => node.Name)];
    }
}
