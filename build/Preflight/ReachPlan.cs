namespace KubeLab.Preflight;

/// <summary>What one node does for the port matrix.</summary>
/// <param name="Listen">The ports that it listens on for a while, unless somebody does already.</param>
/// <param name="Targets">What it tries to connect to meanwhile.</param>
public sealed record ReachPlan(IReadOnlyList<int> Listen, IReadOnlyList<ReachTarget> Targets);
