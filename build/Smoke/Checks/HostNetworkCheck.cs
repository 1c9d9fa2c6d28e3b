using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>What runs on a control plane's own network reaches pods on every node: the API server hands a request on to each.
/// Webhooks and metrics go the same way.</summary>
public sealed class HostNetworkCheck : IStagedCheck
{
    public string Id => "host-network";
    public string Title => "Pods are reached from the host network of the control plane";
    public SmokeArea Area => SmokeArea.Network;

    public async Task<SmokeVerdict> RunAsync(SmokeContext context, CancellationToken cancellationToken)
    {
        var scene = await context.RequiredStage.SceneAsync();
        var answers = await Task.WhenAll(scene.Agents.Select(async agent => (agent, await context.Kubectl.RunAsync(
            KubectlCall.Read($"{ApiPaths.PodsOf(scene.Namespace)}/{agent.Pod}:{SmokeAgent.Port}/proxy/node",
                context.Options.ReadLimit),
            cancellationToken))));
        return Judge(await context.RequiredStage.ReportsAsync(), answers);
    }

    internal static SmokeVerdict Judge(AgentReports reports, IReadOnlyList<(SmokeAgent Agent, KubectlResult Answer)> answers)
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
        return SmokeVerdict.From($"the API server reaches pods on {answers.Count} nodes", [.. findings, .. scene.Missing
            .Select(node => Finding.Skip(node, "no pod of the test runs there: see pod-on-every-node"))]);

        bool IsCutOff(string node) => PodNetworkCheck.Broken(reports, node).Count > 0
            || scene.Agents.Any(other => PodNetworkCheck.Broken(reports, other.Node).Contains(node));

        ObjectReference Pod(SmokeAgent agent) => new("pod", agent.Pod, scene.Namespace);
    }
}
