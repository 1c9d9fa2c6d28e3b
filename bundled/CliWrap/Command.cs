using CliWrap.Builders;

namespace CliWrap;

/// <summary>A command, ready to be run as often as one likes. It never changes: each <c>With</c> method makes another one.</summary>
public partial class Command : ICommandConfiguration
{
    private Settings settings;

    /// <summary>A command that runs a program without arguments.</summary>
    /// <param name="targetFilePath">The program's path, or its name to be found on the <c>PATH</c>.</param>
    public Command(string targetFilePath) => settings = new Settings { TargetFilePath = targetFilePath };

    /// <inheritdoc />
    public string TargetFilePath => settings.TargetFilePath;

    /// <inheritdoc />
    public string Arguments => settings.Arguments;

    /// <inheritdoc />
    public string WorkingDirPath => settings.WorkingDirPath;

    /// <inheritdoc />
    public IReadOnlyDictionary<string, string?> EnvironmentVariables => settings.EnvironmentVariables;

    /// <inheritdoc />
    public CommandResultValidation Validation => settings.Validation;

    /// <inheritdoc />
    public PipeSource StandardInputPipe => settings.StandardInputPipe;

    /// <inheritdoc />
    public PipeTarget StandardOutputPipe => settings.StandardOutputPipe;

    /// <inheritdoc />
    public PipeTarget StandardErrorPipe => settings.StandardErrorPipe;

    /// <summary>The same command with these arguments, which reach the program as they are.</summary>
    public Command WithArguments(IEnumerable<string> arguments) => WithArguments(builder => builder.Add(arguments));

    /// <summary>The same command with the arguments that are put together here.</summary>
    public Command WithArguments(Action<ArgumentsBuilder> configure)
    {
        var builder = new ArgumentsBuilder();
        configure(builder);
        return With(settings with { Arguments = builder.Build() });
    }

    /// <summary>The same command in another working directory.</summary>
    public Command WithWorkingDirectory(string workingDirPath) => With(settings with { WorkingDirPath = workingDirPath });

    /// <summary>The same command with these variables on top of the inherited environment; null removes one.</summary>
    public Command WithEnvironmentVariables(IReadOnlyDictionary<string, string?> environmentVariables) =>
        With(settings with { EnvironmentVariables = environmentVariables });

    /// <summary>The same command, judged differently when it ends.</summary>
    public Command WithValidation(CommandResultValidation validation) => With(settings with { Validation = validation });

    /// <summary>The same command with another standard input.</summary>
    public Command WithStandardInputPipe(PipeSource source) => With(settings with { StandardInputPipe = source });

    /// <summary>The same command with another standard output.</summary>
    public Command WithStandardOutputPipe(PipeTarget target) => With(settings with { StandardOutputPipe = target });

    /// <summary>The same command with another standard error.</summary>
    public Command WithStandardErrorPipe(PipeTarget target) => With(settings with { StandardErrorPipe = target });

    /// <summary>Program and arguments as one line.</summary>
    public override string ToString() => $"{TargetFilePath} {Arguments}".TrimEnd();

    private static Command With(Settings changed) => new(changed.TargetFilePath) { settings = changed };

    private sealed record Settings
    {
        public required string TargetFilePath { get; init; }
        public string Arguments { get; init; } = "";
        public string WorkingDirPath { get; init; } = Directory.GetCurrentDirectory();
        public IReadOnlyDictionary<string, string?> EnvironmentVariables { get; init; } = new Dictionary<string, string?>();
        public CommandResultValidation Validation { get; init; } = CommandResultValidation.ZeroExitCode;
        public PipeSource StandardInputPipe { get; init; } = PipeSource.Null;
        public PipeTarget StandardOutputPipe { get; init; } = PipeTarget.Null;
        public PipeTarget StandardErrorPipe { get; init; } = PipeTarget.Null;
    }
}
