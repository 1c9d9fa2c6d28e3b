using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>What runs on a node's own network reaches pods and Services: the API server hands a request on to a pod of every
/// node, as it does for webhooks and metrics; and where there is a way to the nodes, each asks a Service at its cluster
/// address.</summary>
public sealed class HostNetworkCheck : IStagedCheck
{
    public string Id => "host-network";
    public string Title => "Pods and Services are reached from the nodes' own network";
    public SmokeArea Area => SmokeArea.Network;
    public IReadOnlyList<string> Manifests => ["agents", "web"];

    // Every node that Ansible works on has the last of them.
    private const string Script = """
        ask() {
          if command -v curl > /dev/null; then curl -sSf --noproxy '*' -m 10 "$url"
          elif command -v wget > /dev/null; then wget -q -O - --no-proxy -T 10 "$url"
          else
            python3 -c 'import sys, urllib.request as request
        direct = request.build_opener(request.ProxyHandler({}))
        print(direct.open(sys.argv[1], timeout=10).read().decode())' "$url"
          fi
        }
        end=$(($(date +%s) + patience))
        until said=$(ask 2>&1 < /dev/null); do
          [ "$(date +%s)" -lt "$end" ] || { echo "silent $(echo "$said" | tail -n 1)"; exit 0; }
          sleep 1
        done
        echo "answered $said"

        """;

    public async Task<SmokeVerdict> RunAsync(SmokeContext context, CancellationToken cancellationToken)
    {
        var scene = await context.RequiredStage.SceneAsync();
        var answers = await Task.WhenAll(scene.Agents.Select(async agent => (agent, await context.Kubectl.RunAsync(
            KubectlCall.Read($"{ApiPaths.PodsOf(scene.Namespace)}/{agent.Pod}:{SmokeAgent.Port}/proxy/node",
                context.Options.ReadLimit),
            cancellationToken))));
        var reports = context.RequiredStage.ReportsAsync();
        var asked = await AskServiceAsync(context, scene, cancellationToken);
        return Judge(await reports, answers, asked);
    }

    private static async Task<IReadOnlyList<(string Node, string Said)>> AskServiceAsync(
        SmokeContext context, NamespaceSnapshot scene, CancellationToken cancellationToken)
    {
        if (context.Nodes is not { } nodes || scene.Services.GetValueOrDefault("web")?.ClusterAddress is not { } address
            || scene.Ready("web").Count == 0)
            return [];
        var script = $"url=http://{UrlHost.Of(address)}:{SmokeAgent.Port}/name\npatience={AgentReport.ServicePatience}\n{Script}";
        var limit = TimeSpan.FromSeconds(AgentReport.ServicePatience + (2 * AgentReport.RequestSeconds));
        return await Task.WhenAll(nodes.Inventory.Nodes
            .Where(node => scene.Agents.Any(agent => agent.Node == node.Name))
            .Select(async node =>
            {
                var result = await nodes.RunAsync(node, script, limit, cancellationToken);
                return (node.Name, result.Output.Trim() is { Length: > 0 } said ? said
                    : $"unknown {result.Failure?.Message ?? PlainText.Line(result.Error, 100)}");
            }));
    }

    /// <summary>Judges what was reached.</summary>
    /// <param name="asked">What each node says that asked a Service; empty where there is no way to them.</param>
    internal static SmokeVerdict Judge(
        AgentReports reports, IReadOnlyList<(SmokeAgent Agent, KubectlResult Answer)> answers,
        IReadOnlyList<(string Node, string Said)> asked)
    {
        var scene = reports.Scene;
        if (answers.Count == 0)
            return SmokeVerdict.Skip("no pod of the test runs: see pod-on-every-node");
        var findings = answers.Select(each => each switch
        {
            ({ } agent, { Succeeded: true } answer) when answer.Output.Trim() == agent.Node =>
                Finding.Pass(agent.Node, "its pod is reached"),
            ({ } agent, { Succeeded: true } answer) =>
                Finding.Fail(agent.Node, $"'{PlainText.Line(answer.Output, 100)}' answers in place of its pod", Pod(agent)),
            ({ } agent, var answer) when ApiProblem.From("proxy", answer).Kind == ApiProblemKind.Forbidden =>
                Finding.Skip(agent.Node, "the kubeconfig's user may not ask pods through the API server"),
            ({ } agent, _) when reports.Starved(agent.Node) is { } starved =>
                Finding.Skip(agent.Node, $"not judged, as {starved}"),
            ({ } agent, _) when IsCutOff(agent.Node) =>
                Finding.Skip(agent.Node, "not judged, as pods of other nodes don't reach it either, or it them: see pod-network"),
            ({ } agent, var answer) => Finding.Fail(
                agent.Node, $"the API server doesn't reach its pod: {ApiProblem.From("proxy", answer).Reason}", Pod(agent)),
        });
        return SmokeVerdict.From(
            $"the API server reaches pods on {answers.Count} nodes"
                + (asked.Count > 0 ? $", and {asked.Count} nodes reach a Service's cluster address" : ""),
            [.. findings, .. asked.Select(OfService), .. reports.NotAsked]);

        Finding OfService((string Node, string Said) node) => node.Said.Split(' ', 2) switch
        {
            ["answered", ..] => Finding.Pass(node.Node, "it reaches a Service's cluster address"),
            ["silent", ..] when ClusterAddressCheck.Broken(reports).Contains(node.Node) =>
                Finding.Skip(node.Node, "a Service is not judged, as none answers its pods either: see service"),
            ["silent", ..] when IsCutOff(node.Node) =>
                Finding.Skip(node.Node, "a Service is not judged, as its pods don't reach all nodes: see pod-network"),
            ["silent", var why] => Finding.Fail(
                node.Node,
                $"its own network doesn't reach a Service's cluster address, which its pods reach: {PlainText.Line(why, 200)}",
                new("service", "web", scene.Namespace)),
            [_, var why] => Finding.Skip(node.Node, $"it can't be asked whether it reaches a Service: {why}"),
            _ => Finding.Skip(node.Node, "it doesn't say whether it reaches a Service"),
        };

        bool IsCutOff(string node) => PodNetworkCheck.Broken(reports, node).Count > 0
            || scene.Agents.Any(other => PodNetworkCheck.Broken(reports, other.Node).Contains(node));

        ObjectReference Pod(SmokeAgent agent) => new("pod", agent.Pod, scene.Namespace);
    }
}
