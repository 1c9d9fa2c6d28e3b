namespace KubeLab.Smoke;

/// <summary>A control plane is lost for a minute: its API server, its controllers, its kubelet and its member of etcd are killed
/// and kept from starting. The last one goes, as kubeconfigs name the first. One that is lost for good is replaced by other
/// targets.</summary>
internal sealed class ControlPlaneLossDisturbance : IDisturbance
{
    public string Id => "control-plane-loss";
    public string Title => "The cluster goes on without a control plane, and takes it back";
    public SmokeArea Area => SmokeArea.ControlPlane;
    public string Action => "stop-control-plane";
    public string Done => "was without its control plane for a minute";
    public TimeSpan Lasts => TimeSpan.FromMinutes(1);

    public Task<IReadOnlyList<DisturbanceTurn>> TurnsAsync(
        DisturbedNodes nodes, SmokeContext context, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<DisturbanceTurn>>(
            [.. nodes.All.Where(node => node.IsControlPlane).TakeLast(1).Select(nodes.Without)]);
}
