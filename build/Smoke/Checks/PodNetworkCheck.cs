namespace KubeLab.Smoke;

/// <summary>Every pod reaches every other one across nodes: all pairs up to 20 nodes, beyond that a ring.</summary>
public sealed class PodNetworkCheck : IAgentCheck
{
    /// <summary>The check's id, which others refer to.</summary>
    public static string CheckId => "pod-network";

    private const int AllPairsUpTo = 20;
    private const int RingNeighbours = 2;

    public string Id => CheckId;
    public string Title => "Pods reach each other across nodes";
    public SmokeArea Area => SmokeArea.Network;
    public string Needs => "two nodes";

    public string Script(NamespaceSnapshot scene, SmokeAgent self) =>
        string.Concat(Peers(scene.Agents, self).Select(peer =>
            $"{AgentReport.Ask(peer.Node, peer.Page("node"))} &\n")) + "wait\n";

    public async Task<SmokeVerdict> RunAsync(SmokeContext context, CancellationToken cancellationToken) =>
        Judge(await context.RequiredStage.ReportsAsync());

    internal static SmokeVerdict Judge(AgentReports reports)
    {
        if (reports.Scene.Agents.Count < 2)
            return SmokeVerdict.Skip(
                $"there are {reports.Scene.Agents.Count} nodes with a pod that can be used, and two are needed");

        var findings = reports.Judge(CheckId, (report, lines) =>
        {
            var answers = lines.Select(AgentAnswer.Parse).OfType<AgentAnswer>().ToLookup(answer => answer.Of);
            return Peers(reports.Scene.Agents, report.Agent).Select(
                peer => Judge(reports, report, peer, answers[peer.Node].FirstOrDefault()));
        });
        var pairs = reports.Scene.Agents.Sum(agent => Peers(reports.Scene.Agents, agent).Count);
        return SmokeVerdict.From(
            $"{pairs} of {pairs} ways between pods on {reports.Scene.Agents.Count} nodes are open", findings);
    }

    private static Finding Judge(AgentReports reports, AgentReport report, SmokeAgent peer, AgentAnswer? answer)
    {
        var node = report.Agent.Node;
        if (answer is { IsAnswered: true } && answer.Text == peer.Node)
            return Finding.Pass(node, $"reaches {peer.Node}");
        if (reports.Starved(peer.Node) is { } starved)
            return Finding.Skip(node, $"the way to {peer.Node} is not judged, as there {starved}");
        var said = answer switch
        {
            null => "its script said nothing of it",
            { IsAnswered: true } => $"'{answer.Text}' answers there",
            _ => $"{answer.Said}{report.Load}",
        };
        var problem = $"its pods don't reach the pods of {peer.Node} ({peer.Address}, port {SmokeAgent.Port}): {said}";
        return Finding.Fail(node, problem, reports.Pod(report));
    }

    /// <summary>The nodes whose pods a node's pods don't reach; empty where that wasn't looked at.</summary>
    internal static IReadOnlySet<string> Broken(AgentReports reports, string node)
    {
        var report = reports.All.FirstOrDefault(report => report.Agent.Node == node);
        return report is null
            ? new HashSet<string>()
            : report.Lines[CheckId].Select(AgentAnswer.Parse).OfType<AgentAnswer>()
                .Where(answer => !answer.IsAnswered || answer.Text != answer.Of).Select(answer => answer.Of).ToHashSet();
    }

    internal static IReadOnlyList<SmokeAgent> Peers(IReadOnlyList<SmokeAgent> agents, SmokeAgent self)
    {
        if (agents.Count <= AllPairsUpTo)
            return [.. agents.Where(agent => agent.Node != self.Node)];
        var position = agents.Select(agent => agent.Node).ToList().IndexOf(self.Node);
        return [.. Enumerable.Range(1, RingNeighbours).Select(step => agents[(position + step) % agents.Count])];
    }
}
