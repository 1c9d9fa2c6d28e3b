namespace KubeLab.Smoke.Api;

/// <summary>One address behind a Service.</summary>
/// <param name="Address">The address.</param>
/// <param name="Node">The node that its pod runs on; null where that isn't known.</param>
public sealed record KubeEndpoint(string Address, string? Node);
