namespace KubeLab.Lab.Requirements;

/// <summary>A requirement that this machine doesn't meet.</summary>
/// <param name="What">What is wrong, with what is needed and what is there.</param>
/// <param name="Remedy">What to do.</param>
public sealed record Problem(string What, string Remedy);
