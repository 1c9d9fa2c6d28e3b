namespace KubeLab.Smoke;

/// <summary>What the cluster should be.</summary>
public sealed record SmokeExpectations
{
    /// <summary>The inventory's nodes; null without an inventory, and then nothing is compared.</summary>
    public IReadOnlyList<ExpectedNode>? Nodes { get; init; }

    /// <summary>The version that is configured, with or without a leading v; null for any.</summary>
    public string? Version { get; init; }

    /// <summary>Nothing in particular: any cluster, as its kubeconfig shows it.</summary>
    public static SmokeExpectations None { get; } = new();
}
