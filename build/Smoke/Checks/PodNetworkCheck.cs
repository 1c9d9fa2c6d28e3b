namespace KubeLab.Smoke;

/// <summary>Every pod reaches every other one across nodes: all pairs up to 20 nodes, beyond that a ring.</summary>
public sealed class PodNetworkCheck : IAgentCheck
{
    /// <summary>The check's id, which others refer to.</summary>
    public const string CheckId = "pod-network";

    private const int AllPairsUpTo = 20;
    private const int RingNeighbours = 2;

    public string Id => CheckId;

    public string Title => "Pods reach each other across nodes";

    public int Tier => 1;

    public SmokeArea Area => SmokeArea.Network;

    public string Needs => "two nodes";

    public IReadOnlyList<string> Manifests => ["agents"];

    public TimeSpan Limit => TimeSpan.FromMinutes(4);

    public string Script(NamespaceSnapshot scene, SmokeAgent self) =>
        string.Concat(Peers(scene.Agents, self).Select(peer =>
            $"( echo \"{peer.Node} $(fetch {peer.Page("node")})\" ) &\n")) + "wait\n";

    public async Task<SmokeVerdict> RunAsync(SmokeContext context, CancellationToken cancellationToken) =>
        Judge(await context.RequiredStage.ReportsAsync());

    /// <summary>Judges what the agents report.</summary>
    internal static SmokeVerdict Judge(AgentReports reports)
    {
        if (reports.Scene.Agents.Count < 2)
            return SmokeVerdict.Skip($"there are {reports.Scene.Agents.Count} nodes with a pod that can be used, and two are needed");

        var findings = reports.Judge(CheckId, (report, _) =>
        {
            var peers = Peers(reports.Scene.Agents, report.Agent);
            var broken = Broken(reports, report.Agent.Node);
            return peers.Select(peer => broken.Contains(peer.Node)
                ? SmokeFinding.Fail(
                    report.Agent.Node,
                    $"its pods don't reach the pods of {peer.Node} ({peer.Address}, port {SmokeAgent.Port}): no answer, three times",
                    new("pod", report.Agent.Pod, reports.Scene.Namespace))
                : SmokeFinding.Pass(report.Agent.Node, $"reaches {peer.Node}"));
        });
        var pairs = reports.Scene.Agents.Sum(agent => Peers(reports.Scene.Agents, agent).Count);
        return SmokeVerdict.From($"{pairs} of {pairs} ways between pods on {reports.Scene.Agents.Count} nodes are open", findings);
    }

    /// <summary>The nodes whose pods a node's pods don't reach; empty where that wasn't looked at.</summary>
    internal static IReadOnlySet<string> Broken(AgentReports reports, string node)
    {
        var report = reports.All.FirstOrDefault(report => report.Agent.Node == node);
        return report is null
            ? new HashSet<string>(StringComparer.Ordinal)
            : report.Lines[CheckId]
                .Select(line => line.Split(' ', 2))
                .Where(parts => parts.Length < 2 || parts[1].Trim() != parts[0])
                .Select(parts => parts[0])
                .ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>The agents that one agent calls.</summary>
    internal static IReadOnlyList<SmokeAgent> Peers(IReadOnlyList<SmokeAgent> agents, SmokeAgent self)
    {
        if (agents.Count <= AllPairsUpTo)
            return [.. agents.Where(agent => agent.Node != self.Node)];
        var position = agents.Select(agent => agent.Node).ToList().IndexOf(self.Node);
        return [.. Enumerable.Range(1, RingNeighbours).Select(step => agents[(position + step) % agents.Count])];
    }
}
