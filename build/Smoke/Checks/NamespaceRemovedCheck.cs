namespace KubeLab.Smoke;

/// <summary>The test's namespace is gone in time, with all that was in it.</summary>
public sealed class NamespaceRemovedCheck : IClosingCheck
{
    public string Id => "namespace-removed";
    public string Title => "The test's namespace is removed within 120 s";
    public int Tier => 1;
    public SmokeArea Area => SmokeArea.Cleanup;
    public TimeSpan Limit => TimeSpan.FromMinutes(5);

    public async Task<SmokeVerdict> RunAsync(SmokeContext context, CancellationToken cancellationToken)
    {
        var name = context.RequiredStage.Name;
        var limit = context.Options.RemovalLimit;
        var namespaces = new SmokeNamespaces(context.Kubectl, context.Time);
        var held = await namespaces.WaitUntilGoneAsync(name, limit, cancellationToken);
        var states = await context.NodeStatesAsync();
        return Judge(name, held, limit, [.. states.All.Where(state => state.Trouble is not null).Select(state => state.Name)]);
    }

    /// <summary>Judges how the removal ended.</summary>
    /// <param name="held">What still holds it; null once it is gone.</param>
    /// <param name="lost">Nodes that can't be counted on: a pod there can't be confirmed gone.</param>
    internal static SmokeVerdict Judge(string name, string? held, TimeSpan limit, IReadOnlyList<string> lost)
    {
        if (held is null)
            return SmokeVerdict.Pass($"{name} is gone");
        return lost.Count > 0
            ? SmokeVerdict.Skip(
                $"{name} waits for the kubelet of {string.Join(", ", lost)} to confirm its pod gone: see nodes-ready")
            : SmokeVerdict.Fail($"{name} is still there after {limit.TotalSeconds:0} s: {held}", new("namespace", name));
    }
}
