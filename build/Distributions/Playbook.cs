namespace KubeLab.Distributions;

/// <summary>A playbook of a distribution.</summary>
/// <param name="File">Its file, relative to the distribution.</param>
/// <param name="Prompts">Whether it asks on the terminal before it begins.</param>
/// <param name="Answers">The variables that answer what it asks.</param>
public sealed record Playbook(string File, bool Prompts, IReadOnlyDictionary<string, object> Answers);
