namespace CliWrap;

/// <summary>How a command is to be run.</summary>
public interface ICommandConfiguration
{
    /// <summary>The program's path or name.</summary>
    string TargetFilePath { get; }

    /// <summary>The arguments as one line.</summary>
    string Arguments { get; }

    /// <summary>The working directory.</summary>
    string WorkingDirPath { get; }

    /// <summary>What is set in the environment on top of what is inherited; null removes a variable.</summary>
    IReadOnlyDictionary<string, string?> EnvironmentVariables { get; }

    /// <summary>What has to hold for a success.</summary>
    CommandResultValidation Validation { get; }

    /// <summary>Where standard input comes from.</summary>
    PipeSource StandardInputPipe { get; }

    /// <summary>Where standard output goes.</summary>
    PipeTarget StandardOutputPipe { get; }

    /// <summary>Where standard error goes.</summary>
    PipeTarget StandardErrorPipe { get; }
}
