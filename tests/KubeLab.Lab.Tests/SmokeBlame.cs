namespace KubeLab.Lab.Tests;

/// <summary>Whom a failed check blames.</summary>
/// <param name="Check">The check's id.</param>
/// <param name="Node">The node; null for the cluster.</param>
/// <param name="Message">What it says.</param>
public sealed record SmokeBlame(string Check, string? Node, string Message);
