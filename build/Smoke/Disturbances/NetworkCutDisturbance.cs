namespace KubeLab.Smoke;

/// <summary>A node is cut off from all others for a minute. It lets them back by itself, whatever becomes of KubeLab.</summary>
internal sealed class NetworkCutDisturbance : IDisturbance
{
    public string Id => "network-cut";
    public string Title => "A node that was cut off for a minute is taken back";
    public SmokeArea Area => SmokeArea.Network;
    public string Action => "cut-network";
    public string Done => "was cut off for a minute";
    public TimeSpan Lasts => TimeSpan.FromMinutes(1);

    public Task<IReadOnlyList<DisturbanceTurn>> TurnsAsync(
        DisturbedNodes nodes, SmokeContext context, CancellationToken cancellationToken) =>
        Task.FromResult(nodes.OneWorker());
}
