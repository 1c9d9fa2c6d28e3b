namespace KubeLab.Ansible;

/// <summary>A Python to make a virtual environment with, or why there is none.</summary>
/// <param name="Program">The interpreter; null for none.</param>
/// <param name="Version">Its version.</param>
/// <param name="Problem">Why there is none.</param>
public sealed record FoundPython(string? Program, Version? Version, string? Problem);
