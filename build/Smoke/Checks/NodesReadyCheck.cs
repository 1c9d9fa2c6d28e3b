namespace KubeLab.Smoke;

/// <summary>Every node is Ready, its kubelet gives signs of life, and memory, disk, process ids and network suffice.</summary>
public sealed class NodesReadyCheck : ISmokeCheck
{
    public string Id => "nodes-ready";
    public string Title => "Every node is Ready and under no pressure";
    public SmokeArea Area => SmokeArea.Nodes;

    public async Task<SmokeVerdict> RunAsync(SmokeContext context, CancellationToken cancellationToken)
    {
        await context.NodesAsync();
        return Judge(await context.NodeStatesAsync());
    }

    internal static SmokeVerdict Judge(NodeStates states)
    {
        var all = states.All.ToList();
        return all.Count == 0
            ? SmokeVerdict.Fail("the cluster has no node")
            : SmokeVerdict.From($"{all.Count} of {all.Count} nodes are Ready", [.. all.Select(Judge)]);
    }

    private static Finding Judge(NodeState state) => state.Trouble is null
        ? Finding.Pass(state.Name, "Ready")
        : Finding.Fail(state.Name, state.Trouble, new("node", state.Name));
}
