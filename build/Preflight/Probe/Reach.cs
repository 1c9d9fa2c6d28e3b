namespace KubeLab.Preflight;

/// <summary>What one node does for the port matrix.</summary>
/// <param name="Listen">The ports that it listens on for a while, unless somebody does already.</param>
public sealed record ConnectivityPlan(IReadOnlyList<int> Listen, IReadOnlyList<ConnectivityTarget> Targets);

/// <summary>A TCP port that a node is to connect to.</summary>
public sealed record ConnectivityTarget(string Host, int Port);

/// <summary>What one node found out about whom it reaches.</summary>
/// <param name="Listening">The ports on which something listened meanwhile: itself, or the component that has the port already.</param>
/// <param name="Outcomes">What became of each attempt: <c>open</c>, <c>timed out</c>, <c>refused</c>, or what the system said.</param>
/// <param name="Failure">Why nothing could be found out; null where it could.</param>
public sealed record ConnectivityResult(
    IReadOnlySet<int> Listening, IReadOnlyDictionary<ConnectivityTarget, string> Outcomes, string? Failure)
{
    /// <summary>The outcome of an attempt that succeeded.</summary>
    public const string Open = "open";
}
