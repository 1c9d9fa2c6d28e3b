namespace KubeLab.Smoke;

/// <summary>Whether a node can be counted on.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Trouble">What is wrong with it; null where nothing is.</param>
public sealed record NodeState(string Name, string? Trouble);
