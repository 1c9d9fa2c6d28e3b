using KubeLab.Smoke.Api;

namespace KubeLab.Smoke;

/// <summary>Waits for the test's pods and asks the agents.</summary>
/// <param name="stage">The namespace.</param>
/// <param name="context">The round.</param>
/// <param name="checks">The checks of the stage.</param>
/// <param name="states">Which nodes could be counted on when the stage was made.</param>
internal sealed class SmokeSceneReader(
    SmokeStage stage, SmokeContext context, IReadOnlyList<ISmokeCheck> checks, NodeStates states)
{
    private static readonly TimeSpan ExecLimit = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan PullGrace = TimeSpan.FromSeconds(20);

    /// <summary>Waits for the agents on usable nodes and the backends, and reads what stands then.</summary>
    public async Task<SmokeScene> ReadAsync(CancellationToken cancellationToken)
    {
        var wanted = checks.OfType<IStagedCheck>().SelectMany(check => check.Manifests).ToHashSet(StringComparer.Ordinal);
        var pullFailed = (DateTimeOffset?)null;
        await stage.WaitForPodsAsync(
            pods =>
            {
                // A pull that keeps failing is reported as that, and not waited for to the end.
                pullFailed = pods.Any(pod => pod.Containers.Any(container => container.LacksImage))
                    ? pullFailed ?? context.Time.GetUtcNow()
                    : null;
                return IsComplete(pods, wanted) || context.Time.GetUtcNow() - pullFailed > PullGrace;
            },
            context.Options.PodsReadyLimit,
            cancellationToken);

        var nodes = context.NodesAsync();
        var services = context.Api.FreshListAsync($"{ApiPaths.Namespaces}/{stage.Name}/services", KubeService.Read);
        var warnings = stage.WarningsAsync();
        var found = await stage.PodsAsync();
        var agents = Agents(found, await nodes);
        return new SmokeScene(
            stage.Name,
            agents,
            [.. states.All.Select(state => state.Name).Except(agents.Select(agent => agent.Node), StringComparer.Ordinal)],
            found,
            (await services).ToDictionary(service => service.Name, StringComparer.Ordinal),
            await warnings)
        {
            ExternalName = context.Options.ExternalName,
        };
    }

    /// <summary>Runs the scripts of all checks that look from inside, once on every node.</summary>
    public async Task<AgentReports> ReportAsync(CancellationToken cancellationToken)
    {
        var scene = await stage.SceneAsync();
        var scripts = checks.OfType<IAgentCheck>().ToList();
        var reports = await Task.WhenAll(scene.Agents.Select(async agent => AgentReport.Read(
            agent,
            await stage.ExecAsync(agent.Pod, AgentReport.Script(scripts, scene, agent), ExecLimit, cancellationToken))));
        return new AgentReports(scene, reports);
    }

    private bool IsComplete(IReadOnlyList<KubePod> pods, HashSet<string> wanted)
    {
        var ready = pods.Where(pod => pod.IsReady && !pod.IsDeleted).ToLookup(pod => pod.Labels.GetValueOrDefault(SmokeScene.PartLabel));
        var agents = ready["agent"].Select(pod => pod.Node).ToHashSet(StringComparer.Ordinal);
        return (!wanted.Contains("agents") || states.Usable.All(agents.Contains))
            && (!wanted.Contains("web") || ready["web"].Count() >= stage.Replicas);
    }

    private List<SmokeAgent> Agents(IReadOnlyList<KubePod> pods, IReadOnlyList<KubeNode> nodes)
    {
        var addresses = nodes.ToDictionary(node => node.Name, node => node.InternalAddress, StringComparer.Ordinal);
        return
        [
            .. pods
                .Where(pod => pod is { IsReady: true, IsDeleted: false, Node: not null, Address: not null }
                    && pod.Labels.GetValueOrDefault(SmokeScene.PartLabel) == "agent"
                    && states.Trouble(pod.Node) is null)
                .OrderBy(pod => pod.Node, StringComparer.Ordinal)
                .Select(pod => new SmokeAgent(pod.Node!, pod.Name, pod.Address!, addresses.GetValueOrDefault(pod.Node!))),
        ];
    }
}
