namespace KubeLab.Commands;

/// <summary>One external command: a program and its arguments, never a shell string.</summary>
public sealed record CommandLine(string Program, IReadOnlyList<string> Arguments)
{
    /// <summary>The working directory, or null for KubeLab's own.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Environment variables that are added to KubeLab's own; a null value removes one.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>What is written to the command's standard input, which is closed afterwards; null for none.</summary>
    public string? StandardInput { get; init; }

    /// <summary>As <see cref="StandardInput"/>, for what is known only while the command runs already, part by part; null for
    /// none. The command's time begins anew with each part, and doesn't run while one is waited for.</summary>
    public IAsyncEnumerable<string>? LateInput { get; init; }

    /// <summary>As <see cref="StandardInput"/>, for bytes that needn't be in memory all at once; null for none.</summary>
    public Func<Stream, CancellationToken, Task>? Feed { get; init; }

    /// <summary>Takes the command's standard output as it comes, as bytes; null where it is kept as text.</summary>
    public Func<Stream, CancellationToken, Task>? Drain { get; init; }

    /// <summary>How long the command may run before it is ended.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long it has to end by itself after an interrupt, before it is killed.</summary>
    public TimeSpan GracePeriod { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How much of each of its two outputs is kept, in bytes; the rest is read and dropped.</summary>
    public int MaxOutput { get; init; } = 64 * 1024 * 1024;

    /// <summary>Is told whenever something comes on standard output, before its line has ended; null for nobody.</summary>
    public Action? OnSpeech { get; init; }

    /// <summary>The variable of <see cref="Environment"/> by which what the command has started is told from all else, with a
    /// value of its own; null for none. Where the command is killed, what it leaves behind is found by it, and ended.</summary>
    public string? EnvironmentMarker { get; init; }

    /// <summary>Creates a command from a program and its arguments.</summary>
    public static CommandLine Of(string program, params IReadOnlyList<string> arguments) => new(program, arguments);

    /// <summary>This command as it may be shown: each word is changed before it is quoted, as in quotes a secret is another
    /// text.</summary>
    public CommandLine With(Func<string, string> change) => this with
    {
        Arguments = [.. Arguments.Select(change)],
        Environment = Environment.ToDictionary(each => each.Key, each => each.Value is null ? null : change(each.Value)),
    };

    /// <summary>The command as a person could paste it into a POSIX shell: directory, the environment it adds, program and
    /// arguments. Secrets never stand in an argument or in <see cref="Environment"/>, so nothing is masked here.</summary>
    public override string ToString()
    {
        var environment = Environment.Where(each => each.Value is not null)
            .Select(each => $"{each.Key}={ShellWords.Quote(each.Value!)}");
        var command = string.Join(' ', environment.Concat(Arguments.Prepend(Program).Select(ShellWords.Quote)));
        return WorkingDirectory is null ? command : $"cd {ShellWords.Quote(WorkingDirectory)} && {command}";
    }
}

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
        return string.Join('\n', said.TrimEnd().Split('\n').TakeLast(12).Select(line => $"  | {line.TrimEnd('\r')}"));
    }
}
