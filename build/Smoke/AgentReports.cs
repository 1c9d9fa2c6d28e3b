namespace KubeLab.Smoke;

/// <summary>What all agents report.</summary>
/// <param name="Scene">What stood in the namespace when they were asked.</param>
/// <param name="All">The reports, by node name in order.</param>
public sealed record AgentReports(SmokeScene Scene, IReadOnlyList<AgentReport> All)
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
