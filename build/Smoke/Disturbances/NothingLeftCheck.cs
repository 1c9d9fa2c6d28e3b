namespace KubeLab.Smoke;

/// <summary>What disturbed the nodes is gone from them, and so is the namespace of what asked all along.</summary>
internal sealed class NothingLeftCheck : IClosingCheck
{
    public string Id => "nothing-left";
    public int Tier => 2;
    public string Title => "Nothing is left of the disturbances";
    public SmokeArea Area => SmokeArea.Cleanup;
    public string Needs => "SSH to the nodes of an inventory, and --confirm";
    public TimeSpan Limit => TimeSpan.FromMinutes(5);

    public async Task<SmokeVerdict> RunAsync(SmokeContext context, CancellationToken cancellationToken)
    {
        var held = await new SmokeNamespaces(context.Kubectl, context.Time).WaitUntilGoneAsync(
            context.RequiredStage.Name, context.Options.RemovalLimit, cancellationToken);
        var left = context.Disturber is { } disturber ? await disturber.LeftAsync(cancellationToken) : [];
        return SmokeVerdict.From(
            "the nodes have nothing of it, and the namespace is gone",
            [.. left, .. held is null ? Array.Empty<Finding>() : [Finding.Fail(null, $"the namespace is still there: {held}")]]);
    }
}
