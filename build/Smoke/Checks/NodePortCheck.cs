namespace KubeLab.Smoke;

/// <summary>A Service's node port answers on every node.</summary>
public sealed class NodePortCheck : IAgentCheck
{
    private const string CheckId = "node-port";
    private const string Name = "web-node-port";

    public string Id => CheckId;
    public string Title => "A NodePort answers on every node";
    public SmokeArea Area => SmokeArea.Network;
    public IReadOnlyList<string> Manifests => ["agents", "web"];
    public IReadOnlyList<string> ExplainedBy => [PodNetworkCheck.CheckId, ClusterAddressCheck.CheckId];

    public string Script(NamespaceSnapshot scene, SmokeAgent self)
    {
        if (scene.Services.GetValueOrDefault(Name) is not { NodePort: > 0 } service)
            return ":\n";
        var asked = PodNetworkCheck.Peers(scene.Agents, self).Append(self).Where(agent => agent.NodeAddress is not null);
        return string.Concat(asked.Select(agent =>
            AgentReport.Ask(
                agent.Node, $"http://{UrlHost.Of(agent.NodeAddress!)}:{service.NodePort}/name",
                AgentReport.ServicePatience) + " &\n"))
            + "wait\n";
    }

    public async Task<SmokeVerdict> RunAsync(SmokeContext context, CancellationToken cancellationToken) =>
        Judge(await context.RequiredStage.ReportsAsync());

    internal static SmokeVerdict Judge(AgentReports reports)
    {
        var backends = reports.Scene.Ready("web");
        if (backends.Count == 0)
            return SmokeVerdict.Skip("the Service has no ready backend: see replicas");

        var answers = reports.All.Where(report => report is { Problem: null, Starved: null })
            .SelectMany(report => report.Lines[CheckId].Select(AgentAnswer.Parse).OfType<AgentAnswer>(), (report, answer) =>
                (From: report.Agent.Node, Answer: answer))
            .ToLookup(answer => answer.Answer.Of);
        var (broken, space) = (Broken(reports), reports.Scene.Namespace);
        var port = reports.Scene.Services.GetValueOrDefault(Name)?.NodePort ?? 0;
        var findings = reports.Scene.Agents.Select(agent => Judge(agent, [.. answers[agent.Node]], broken, port, space));
        return SmokeVerdict.From(
            $"port {port} answers on {reports.Scene.Agents.Count} nodes", [.. findings, .. reports.NotAsked]);
    }

    private static Finding Judge(
        SmokeAgent agent, IReadOnlyList<(string From, AgentAnswer Answer)> answers,
        HashSet<string> broken, int port, string space)
    {
        if (answers.Count == 0)
            return Finding.Skip(agent.Node, "no agent could ask it");
        if (answers.All(answer => answer.Answer.IsAnswered))
            return Finding.Pass(agent.Node, "answers");
        if (broken.Contains(agent.Node))
            return Finding.Skip(agent.Node, "not judged, as Services or the pod network fail there already");
        // One that hears it proves that the port is open; the others' way to it is the pod network's matter.
        if (answers.Any(answer => answer.Answer.IsAnswered && answer.From != agent.Node))
            return Finding.Pass(agent.Node, "answers, though not to every pod");
        var silent = answers.Where(answer => !answer.Answer.IsAnswered).ToList();
        return Finding.Fail(
            agent.Node,
            $"port {port} on {agent.NodeAddress} answers no pod on {string.Join(", ", silent.Select(answer => answer.From))} "
            + $"({silent[0].Answer.Said}): is a firewall in the way, or kube-proxy not running?",
            new("service", Name, space));
    }

    // Where a node's own Services or routes are broken, that is said there, and its port can be expected not to answer.
    private static HashSet<string> Broken(AgentReports reports)
    {
        var network = reports.All.SelectMany(report =>
            PodNetworkCheck.Broken(reports, report.Agent.Node) is { Count: > 0 } peers ? peers.Append(report.Agent.Node) : []);
        return ClusterAddressCheck.Broken(reports).Concat(network).ToHashSet();
    }
}
