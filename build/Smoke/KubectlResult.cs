namespace KubeLab.Smoke;

/// <summary>What a call of kubectl left behind.</summary>
/// <param name="Command">The command as one could paste it.</param>
/// <param name="ExitCode">kubectl's exit code; -1 where it was ended at its time limit.</param>
/// <param name="Output">Its standard output; up to the limit, where it was ended.</param>
/// <param name="Error">Its standard error.</param>
/// <param name="Duration">How long it ran.</param>
public sealed record KubectlResult(string Command, int ExitCode, string Output, string Error, TimeSpan Duration)
{
    /// <summary>Whether the call was ended at its time limit.</summary>
    public bool TimedOut { get; init; }

    /// <summary>Whether kubectl ended by itself with exit code 0.</summary>
    public bool Succeeded => !TimedOut && ExitCode == 0;
}
