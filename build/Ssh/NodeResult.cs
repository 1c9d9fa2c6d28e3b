namespace KubeLab.Ssh;

/// <summary>What a command on a node left behind, or why it never ran.</summary>
/// <param name="ExitCode">The command's exit code; 255 where the connection failed.</param>
/// <param name="Output">Its standard output, up to the limit that was asked for.</param>
/// <param name="Error">Its standard error, or what the SSH client said.</param>
/// <param name="Duration">The whole time, connection included.</param>
/// <param name="Failure">Why the command did not run to its end; null where it did.</param>
public sealed record NodeResult(int ExitCode, string Output, string Error, TimeSpan Duration, SshFailure? Failure)
{
    /// <summary>Whether the command ran to its end with exit code 0.</summary>
    public bool Succeeded => Failure is null && ExitCode == 0;
}
