namespace CliWrap;

/// <summary>All that makes a command.</summary>
internal sealed record CommandSettings
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
