using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>No node's clock contradicts another one's by the order of their leases. Each kubelet stamps its lease with its own
/// clock when it renews it, and the store numbers the writes: a later write with a much earlier stamp comes from a clock that
/// lags. This costs no look at the nodes, and finds only what is grossly wrong; <c>node-clocks</c> measures.</summary>
public sealed class ClockOrderCheck : ISmokeCheck
{
    // A kubelet gives one renewal 10 s before it tries again with a new stamp (renewal limit of its lease controller).
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(10);

    public string Id => "clock-order";
    public string Title => "No node's clock is off by more than 10 s";
    public SmokeArea Area => SmokeArea.Nodes;
    public string Needs => "two nodes";

    public async Task<SmokeVerdict> RunAsync(SmokeContext context, CancellationToken cancellationToken) =>
        Judge(await context.Api.ListAsync(ApiPaths.NodeLeases, KubeLease.Read));

    internal static SmokeVerdict Judge(IReadOnlyList<KubeLease> leases)
    {
        var written = leases.Where(lease => lease.Renewed is not null).OrderBy(lease => lease.ResourceVersion).ToList();
        if (written.Count < 2)
            return SmokeVerdict.Skip("two nodes are needed to compare their clocks");

        var contradictions = written.SelectMany((later, index) => written.Take(index)
            .Where(earlier => earlier.Renewed - later.Renewed > Tolerance)
            .Select(earlier => (Earlier: earlier, Later: later))).ToList();
        var holds = $"the leases of {written.Count} nodes are stamped in the order in which they were written";
        return SmokeVerdict.From(holds, [.. Findings(contradictions)]);
    }

    // One clock that is off contradicts many that agree: the one in most contradictions is named first, and explains its own.
    private static IEnumerable<Finding> Findings(List<(KubeLease Earlier, KubeLease Later)> contradictions)
    {
        while (contradictions.Count > 0)
        {
            var worst = contradictions.SelectMany(pair => new[] { pair.Earlier, pair.Later })
                .GroupBy(lease => lease.Name).MaxBy(group => group.Count())!.Key;
            var (earlier, later) = contradictions.Where(pair => pair.Earlier.Name == worst || pair.Later.Name == worst)
                .MaxBy(pair => pair.Earlier.Renewed - pair.Later.Renewed);
            var seconds = (earlier.Renewed - later.Renewed)!.Value.TotalSeconds;
            var where = worst == later.Name ? $"behind that of {earlier.Name}" : $"ahead of that of {later.Name}";
            yield return Finding.Fail(worst, $"its clock is at least {seconds:0} s {where}", new("node", worst));
            contradictions = contradictions.FindAll(pair => pair.Earlier.Name != worst && pair.Later.Name != worst);
        }
    }
}
