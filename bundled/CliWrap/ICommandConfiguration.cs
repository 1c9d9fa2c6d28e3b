namespace CliWrap;

/// <summary>How a command is to be run.</summary>
public interface ICommandConfiguration
{
    /// <summary>The program's path or name.</summary>
    string TargetFilePath { get; }

    /// <summary>The arguments as one line.</summary>
    string Arguments { get; }
}
