namespace KubeLab.Smoke;

/// <summary>The container runtime of a node is restarted: what runs there goes on.</summary>
internal sealed class RuntimeRestartDisturbance : IDisturbance
{
    public string Id => "runtime-restart";
    public string Title => "A node goes on after its container runtime was restarted";
    public SmokeArea Area => SmokeArea.Workloads;
    public string Action => "restart-runtime";
    public string Done => "had its container runtime restarted";
    public string? Changes => "runtime";

    public Task<IReadOnlyList<DisturbanceTurn>> TurnsAsync(
        DisturbedNodes nodes, SmokeContext context, CancellationToken cancellationToken) =>
        Task.FromResult(nodes.OneWorker());
}
