namespace KubeLab.Preflight;

/// <summary>A TCP port that a component of a node's role listens on.</summary>
/// <param name="Number">The port.</param>
/// <param name="Owners">The components that may hold it, as the kernel names their processes (at most 15 characters).</param>
/// <param name="IsLocal">Whether only the node itself uses it.</param>
public sealed record RolePort(int Number, IReadOnlyList<string> Owners, bool IsLocal = false);
