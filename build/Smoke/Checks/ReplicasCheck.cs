using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>A Deployment's replicas become ready, and not all of them on one node.</summary>
public sealed class ReplicasCheck : IStagedCheck
{
    private const string Name = "web";

    public string Id => "replicas";
    public string Title => "A Deployment's replicas run, spread over nodes";
    public SmokeArea Area => SmokeArea.Workloads;
    public IReadOnlyList<string> Manifests => ["agents", "web"];

    public async Task<SmokeVerdict> RunAsync(SmokeContext context, CancellationToken cancellationToken)
    {
        var stage = context.RequiredStage;
        var scene = await stage.SceneAsync();
        var nodes = await context.NodesAsync();
        var states = await context.NodeStatesAsync();
        var schedulable = nodes.Where(node => node.TakesPods && states.Trouble(node.Name) is null).Select(node => node.Name);
        return Judge(scene, stage.Replicas, [.. schedulable]);
    }

    internal static SmokeVerdict Judge(NamespaceSnapshot scene, int wanted, IReadOnlyList<string> schedulable)
    {
        if (schedulable.Count == 0)
            return SmokeVerdict.Skip("no node takes pods without tolerations: see node-taints");
        var pods = scene.Pods.Where(pod => pod.Labels.GetValueOrDefault(NamespaceSnapshot.PartLabel) == Name && !pod.IsDeleted)
            .ToList();
        var about = new ObjectReference("deployment", Name, scene.Namespace);
        List<Finding> findings = [.. pods.Select(pod => Judge(scene, pod))];
        if (pods.Count < wanted)
            findings.Add(Finding.Fail(null, $"the Deployment made {pods.Count} of {wanted} pods: {Reason(scene)}", about));

        var nodes = scene.Ready(Name).Select(pod => pod.Node).Distinct().ToList();
        if (findings.TrueForAll(finding => finding.Status == FindingStatus.Passed)
            && nodes.Count < Math.Min(2, schedulable.Count))
        {
            var others = string.Join(", ", schedulable);
            findings.Add(Finding.Fail(
                nodes[0], $"has all {wanted} replicas, though {others} take pods and they prefer to be apart", about));
        }

        return SmokeVerdict.From(
            $"{pods.Count} replicas are ready on {nodes.Count} of {schedulable.Count} nodes that take them", findings);
    }

    private static Finding Judge(NamespaceSnapshot scene, KubePod pod)
    {
        if (pod.Trouble() is not { } trouble)
            return Finding.Pass(pod.Node, $"{pod.Name} is ready");
        return pod.Node is not null && scene.Missing.Contains(pod.Node)
            ? Finding.Skip(pod.Node, $"{pod.Name} isn't ready, as no pod becomes ready there: see pod-on-every-node")
            : Finding.Fail(pod.Node, $"{pod.Name}: {trouble}", pod.Reference);
    }

    private static string Reason(NamespaceSnapshot scene) =>
        scene.Events.LastOrDefault(item => item.About.StartsWith("ReplicaSet/web", StringComparison.Ordinal))?.Message
            ?? "no event says why";
}
