namespace KubeLab.Smoke;

/// <summary>Each node is rebooted in turn.</summary>
internal sealed class RebootDisturbance : IDisturbance
{
    public string Id => "reboot";
    public string Title => "Every node comes back after a reboot";
    public SmokeArea Area => SmokeArea.Nodes;
    public string Action => "reboot";
    public string Done => "was rebooted";
    public string? Changes => "boot";

    public Task<IReadOnlyList<DisturbanceTurn>> TurnsAsync(
        DisturbedNodes nodes, SmokeContext context, CancellationToken cancellationToken) =>
        // Workers first: what doesn't come back there costs less.
        Task.FromResult<IReadOnlyList<DisturbanceTurn>>(
            [.. nodes.All.OrderBy(node => node.IsControlPlane || node.IsEtcdMember).Select(nodes.Without)]);
}
