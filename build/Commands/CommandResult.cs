namespace KubeLab.Commands;

/// <summary>What an external command left behind.</summary>
/// <param name="ExitCode">Its exit code; -1 where it was ended at its time limit.</param>
public sealed record CommandResult(
    CommandLine Command, int ExitCode, string StandardOutput, string StandardError, TimeSpan Duration)
{
    /// <summary>Whether it was ended at its time limit.</summary>
    public bool TimedOut { get; init; }

    /// <summary>Whether the exit code was 0.</summary>
    public bool Succeeded => ExitCode == 0;

    /// <summary>The result itself, or an error that names the command and shows the end of what it said.</summary>
    /// <param name="what">What was being done, as the subject of "failed": <c>Reading the inventory</c>.</param>
    /// <exception cref="UserError">The exit code was not 0.</exception>
    public CommandResult EnsureSucceeded(string what, string? whatNext = null) =>
        Succeeded ? this : throw new UserError($"{what} failed: exit code {ExitCode} of\n  {Command}\n{LastWords()}", whatNext);

    private string LastWords()
    {
        var said = string.IsNullOrWhiteSpace(StandardError) ? StandardOutput : StandardError;
        var lines = said.TrimEnd().Split('\n').TakeLast(12).Select(line => $"  | {line.TrimEnd('\r')}");
        return string.Join('\n', lines);
    }
}
