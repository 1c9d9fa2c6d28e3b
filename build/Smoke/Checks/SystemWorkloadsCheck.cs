using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>The Deployments and DaemonSets of kube-system are complete, and no pod there fails.</summary>
public sealed class SystemWorkloadsCheck : ISmokeCheck
{
    // Looked at by control-plane-pods and etcd.
    private static readonly string[] ControlPlane = ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd"];

    public string Id => "system-workloads";
    public string Title => "Deployments and DaemonSets of kube-system are complete";
    public SmokeArea Area => SmokeArea.System;

    public async Task<SmokeVerdict> RunAsync(SmokeContext context, CancellationToken cancellationToken)
    {
        var pods = await context.SystemPodsAsync();
        return Judge(await context.SystemWorkloadsAsync(), pods, await context.NodeStatesAsync());
    }

    internal static SmokeVerdict Judge(IReadOnlyList<KubeWorkload> workloads, IReadOnlyList<KubePod> pods, NodeStates states)
    {
        var others = pods.Where(pod =>
            !ControlPlane.Contains(pod.Labels.GetValueOrDefault("component"))
            && !workloads.Any(workload => workload.Selects(pod))).ToList();
        if (workloads.Count == 0 && others.Count == 0)
            return SmokeVerdict.Skip("nothing runs in kube-system beside the control plane");

        var findings = workloads.SelectMany(workload => Judge(workload, pods, states))
            .Concat(others.SelectMany(pod => Judge(pod, states)));
        return SmokeVerdict.From($"{workloads.Count} workloads are complete", [.. findings]);
    }

    private static IEnumerable<Finding> Judge(KubeWorkload workload, IReadOnlyList<KubePod> pods, NodeStates states)
    {
        if (workload.IsComplete)
            return [Finding.Pass(null, $"{workload.Reference} is complete")];

        var troubled = pods.Where(workload.Selects).Where(pod => pod.Trouble() is not null && pod.Phase != "Failed").ToList();
        var what = $"{workload.Reference} has {workload.Available} of {workload.Wanted} pods available";
        if (troubled.Count == 0)
            return [Finding.Fail(null, what, workload.Reference)];
        return troubled.Select(pod => states.Trouble(pod.Node) is null
            ? Finding.Fail(pod.Node, $"{what}: {pod.Name}: {pod.Trouble()}", pod.Reference)
            : Finding.Skip(pod.Node, $"{what}, as the node can't be counted on: see nodes-ready"));
    }

    // A pod of a Job that failed is tried again by its Job; one that was evicted is replaced by its owner.
    private static IEnumerable<Finding> Judge(KubePod pod, NodeStates states)
    {
        var broken = pod.OwnerKind != "Job" && states.Trouble(pod.Node) is null
            ? pod.Containers.FirstOrDefault(container => container.Trouble is not null && pod.Phase != "Failed")
            : null;
        return broken is null ? [] : [Finding.Fail(pod.Node, $"{pod.Reference}: {broken.Trouble}", pod.Reference)];
    }
}
