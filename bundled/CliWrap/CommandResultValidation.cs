namespace CliWrap;

/// <summary>What has to hold for a finished command to count as a success.</summary>
[Flags]
public enum CommandResultValidation
{
    /// <summary>Nothing: any exit code is a result.</summary>
    None = 0b0,

    /// <summary>The exit code has to be 0.</summary>
    ZeroExitCode = 0b1,
}
