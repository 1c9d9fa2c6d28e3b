using CliWrap.Builders;

namespace CliWrap;

/// <summary>A command, to be run as often as one likes. It never changes: each <c>With</c> method makes another one.</summary>
public class Command : ICommandConfiguration
{
    /// <summary>A command that runs a program without arguments.</summary>
    /// <param name="targetFilePath">The program's path, or its name to be found on the <c>PATH</c>.</param>
    public Command(string targetFilePath)
        : this(new CommandSettings { TargetFilePath = targetFilePath })
    {
    }

    private Command(CommandSettings settings) => Settings = settings;

    /// <inheritdoc />
    public string TargetFilePath => Settings.TargetFilePath;

    /// <inheritdoc />
    public string Arguments => Settings.Arguments;

    internal CommandSettings Settings { get; }

    /// <summary>The same command with these arguments, which reach the program as they are.</summary>
    public Command WithArguments(IEnumerable<string> arguments) => WithArguments(builder => builder.Add(arguments));

    /// <summary>The same command with the arguments that are put together here.</summary>
    public Command WithArguments(Action<ArgumentsBuilder> configure)
    {
        var builder = new ArgumentsBuilder();
        configure(builder);
        return new(Settings with { Arguments = builder.Build() });
    }

    /// <summary>The same command in another working directory.</summary>
    public Command WithWorkingDirectory(string workingDirPath) => new(Settings with { WorkingDirPath = workingDirPath });

    /// <summary>The same command with these variables on top of the inherited environment; null removes one.</summary>
    public Command WithEnvironmentVariables(IReadOnlyDictionary<string, string?> environmentVariables) =>
        new(Settings with { EnvironmentVariables = environmentVariables });

    /// <summary>The same command, judged differently when it ends. By default the exit code has to be 0.</summary>
    public Command WithValidation(CommandResultValidation validation) => new(Settings with { Validation = validation });

    /// <summary>The same command with another standard input. By default it is empty.</summary>
    public Command WithStandardInputPipe(PipeSource source) => new(Settings with { StandardInputPipe = source });

    /// <summary>The same command with another standard output. By default it is closed.</summary>
    public Command WithStandardOutputPipe(PipeTarget target) => new(Settings with { StandardOutputPipe = target });

    /// <summary>The same command with another standard error. By default it is closed.</summary>
    public Command WithStandardErrorPipe(PipeTarget target) => new(Settings with { StandardErrorPipe = target });

    /// <summary>Program and arguments as one line.</summary>
    public override string ToString() => $"{TargetFilePath} {Arguments}".TrimEnd();

    /// <summary>Runs the command; cancelling ends it and all that it started at once.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">The program could not be started.</exception>
    public CommandTask<CommandResult> ExecuteAsync(CancellationToken cancellationToken = default) =>
        ExecuteAsync(cancellationToken, CancellationToken.None);

    /// <summary>Runs the command.</summary>
    /// <param name="forcefulCancellationToken">Ends the command and all that it started at once.</param>
    /// <param name="gracefulCancellationToken">
    /// Asks the command to end, as Ctrl+C would, and goes on waiting for it. On Windows, where that needs a console of the
    /// command's own, it ends the command at once.
    /// </param>
    /// <exception cref="System.ComponentModel.Win32Exception">The program could not be started.</exception>
    public CommandTask<CommandResult> ExecuteAsync(
        CancellationToken forcefulCancellationToken, CancellationToken gracefulCancellationToken)
    {
        var execution = CommandExecution.Start(this);
        return new(execution.FinishAsync(forcefulCancellationToken, gracefulCancellationToken), execution.ProcessId);
    }
}
