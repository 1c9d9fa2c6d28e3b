namespace KubeLab.Preflight;

/// <summary>A TCP port that a node is to connect to.</summary>
/// <param name="Host">The address or name.</param>
/// <param name="Port">The port.</param>
public sealed record ReachTarget(string Host, int Port);
