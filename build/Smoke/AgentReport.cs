namespace KubeLab.Smoke;

/// <summary>What the agent on one node reports.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="Problem">Why there is no complete report; null where there is.</param>
/// <param name="Lines">The lines that each check's script printed, by the check's id.</param>
public sealed record AgentReport(SmokeAgent Agent, string? Problem, ILookup<string, string> Lines)
{
    private const string End = "end";

    /// <summary>The shell functions that scripts may call.</summary>
    private const string Prelude =
        """
        page() { timeout 2 wget -q -O - "$1" 2>/dev/null; }
        fetch() { page "$1" || page "$1" || page "$1"; }
        report() { while IFS= read -r line; do printf '%s|%s\n' "$1" "$line"; done; }

        """;

    /// <summary>One script that runs those of several checks side by side and marks each line with its check.</summary>
    public static string Script(IReadOnlyList<IAgentCheck> checks, SmokeScene scene, SmokeAgent self) =>
        Prelude
        + string.Concat(checks.Select(check => $"( {{\n{check.Script(scene, self)}\n}} 2>&1 | report {check.Id} ) &\n"))
        + $"wait\necho '{End}|'\n";

    /// <summary>Reads what the script printed.</summary>
    public static AgentReport Read(SmokeAgent agent, KubectlResult result)
    {
        var lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.TrimEnd('\r').Split('|', 2))
            .Where(parts => parts.Length == 2)
            .ToLookup(parts => parts[0], parts => parts[1], StringComparer.Ordinal);
        return new AgentReport(agent, Trouble(result, lines.Contains(End)), lines);
    }

    private static string? Trouble(KubectlResult result, bool ended)
    {
        if (ended)
            return null;
        return result.TimedOut
            ? $"no end of a command in its pod after {result.Duration.TotalSeconds:0} s"
            : $"no command can be run in its pod: {Api.ApiProblem.From("exec", result).Reason}";
    }
}
