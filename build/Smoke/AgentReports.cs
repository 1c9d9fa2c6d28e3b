namespace KubeLab.Smoke;

/// <summary>What all agents report.</summary>
/// <param name="Scene">What stood in the namespace when they were asked.</param>
/// <param name="All">The reports, by node name in order.</param>
public sealed record AgentReports(SmokeScene Scene, IReadOnlyList<AgentReport> All)
{
    /// <summary>Judges each node by the lines that a check's script printed there; a node without a report is skipped.</summary>
    public IReadOnlyList<SmokeFinding> Judge(string id, Func<AgentReport, IReadOnlyList<string>, IEnumerable<SmokeFinding>> judge) =>
    [
        .. All.SelectMany(report => report.Problem is null
            ? judge(report, [.. report.Lines[id]])
            : [SmokeFinding.Skip(report.Agent.Node, $"its agent can't be asked: {report.Problem}")]),
    ];
}
