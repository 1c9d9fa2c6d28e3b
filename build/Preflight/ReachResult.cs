namespace KubeLab.Preflight;

/// <summary>What one node found out about whom it reaches.</summary>
/// <param name="Listening">The ports on which something listened meanwhile: itself, or the component that has the port already.</param>
/// <param name="Outcomes">What became of each attempt: <c>open</c>, <c>timed out</c>, <c>refused</c>, or what the system said.</param>
/// <param name="Failure">Why nothing could be found out; null where it could.</param>
public sealed record ReachResult(
    IReadOnlySet<int> Listening, IReadOnlyDictionary<ReachTarget, string> Outcomes, string? Failure)
{
    /// <summary>The outcome of an attempt that succeeded.</summary>
    public const string Open = "open";
}
