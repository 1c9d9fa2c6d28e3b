namespace CliWrap;

/// <summary>Where every command starts.</summary>
public static class Cli
{
    /// <summary>A command that runs a program without arguments.</summary>
    /// <param name="targetFilePath">The program's path, or its name to be found on the <c>PATH</c>.</param>
    public static Command Wrap(string targetFilePath) => new(targetFilePath);
}
