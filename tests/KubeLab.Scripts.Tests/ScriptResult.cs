namespace KubeLab.Scripts;

/// <summary>What a finished program left.</summary>
sealed record ScriptResult(int ExitCode, string Output, string Error)
{
    /// <summary>All of it, as the message of an assertion that failed.</summary>
    public override string ToString() => $"exit code {ExitCode}\n--- output\n{Output}\n--- error\n{Error}";
}
