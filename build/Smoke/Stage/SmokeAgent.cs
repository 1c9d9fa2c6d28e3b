using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>The test's pod on one node.</summary>
/// <param name="NodeAddress">The node's internal address; null where it isn't known.</param>
public sealed record SmokeAgent(string Node, string Pod, string Address, string? NodeAddress)
{
    /// <summary>The port on which agents and backends answer.</summary>
    public const int Port = 8080;

    /// <summary>The address as the host of a URL; version 6 takes brackets.</summary>
    public static string Host(string address) => address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address;

    /// <summary>A page of the agent.</summary>
    public string Page(string path) => $"http://{Host(Address)}:{Port}/{path}";
}

/// <summary>What the agent on one node reports.</summary>
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
    public static string Script(IReadOnlyList<IAgentCheck> checks, NamespaceSnapshot scene, SmokeAgent self) =>
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
            : $"no command can be run in its pod: {ApiProblem.From("exec", result).Reason}";
    }
}

/// <summary>What all agents report.</summary>
/// <param name="Scene">What stood in the namespace when they were asked.</param>
/// <param name="All">The reports, by node name in order.</param>
public sealed record AgentReports(NamespaceSnapshot Scene, IReadOnlyList<AgentReport> All)
{
    /// <summary>
    /// Judges each node by the lines that a check's script printed there. A node without a report is skipped: what is wrong
    /// there, <c>nodes-ready</c>, <c>pod-on-every-node</c> or <c>logs-and-exec</c> say.
    /// </summary>
    public IReadOnlyList<SmokeFinding> Judge(string id, Func<AgentReport, IReadOnlyList<string>, IEnumerable<SmokeFinding>> judge)
    {
        var looked = All.SelectMany(report => report.Problem is null
            ? judge(report, [.. report.Lines[id]])
            : [SmokeFinding.Skip(report.Agent.Node, "its pod can't be asked: see logs-and-exec")]);
        var missing = Scene.Missing.Select(node => SmokeFinding.Skip(node, "no pod of the test runs there: see pod-on-every-node"));
        return [.. looked, .. missing];
    }
}
