namespace KubeLab.Preflight;

/// <summary>What a node's clock showed at the end of the probe.</summary>
/// <param name="SecondsSince1970">The time, in seconds; negative before 1970.</param>
/// <param name="Resolution">How finely the node could tell it, in seconds: 1 where its <c>date</c> knows no fractions.</param>
/// <param name="ProbeDuration">How long the probe ran on the node until then; null where the node does not tell.</param>
public sealed record ClockReading(double SecondsSince1970, double Resolution, TimeSpan? ProbeDuration);
