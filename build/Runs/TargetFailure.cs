namespace KubeLab.Runs;

/// <summary>What a target said when it failed.</summary>
/// <param name="Target">The target's name.</param>
/// <param name="Message">What is wrong, one or more lines.</param>
/// <param name="Remedy">What to do next, one or more lines; null where it didn't say.</param>
public sealed record TargetFailure(string Target, string Message, string? Remedy);
