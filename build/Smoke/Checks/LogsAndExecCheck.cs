using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>Logs can be read and commands run through every kubelet.</summary>
public sealed class LogsAndExecCheck : IStagedCheck
{
    public string Id => "logs-and-exec";
    public string Title => "Logs and exec work through every kubelet";
    public SmokeArea Area => SmokeArea.Workloads;

    public async Task<SmokeVerdict> RunAsync(SmokeContext context, CancellationToken cancellationToken)
    {
        var reports = await context.RequiredStage.ReportsAsync();
        var logs = await Task.WhenAll(reports.All.Select(async report => (
            report.Agent.Node, Problem: await LogProblemAsync(context.Api, reports.Scene.Namespace, report.Agent))));
        return Judge(reports, logs.ToDictionary(log => log.Node, log => log.Problem));
    }

    /// <summary>Judges what came back.</summary>
    /// <param name="reports">What the agents report, which came by <c>exec</c>.</param>
    /// <param name="logProblems">What is wrong with each agent's log, by node; null where nothing is.</param>
    internal static SmokeVerdict Judge(AgentReports reports, IReadOnlyDictionary<string, string?> logProblems)
    {
        var findings = reports.All.Select(report => Judge(reports, report, logProblems[report.Agent.Node]));
        return SmokeVerdict.From($"both work on {reports.All.Count} nodes", [.. findings, .. reports.NotAsked]);
    }

    private static Finding Judge(AgentReports reports, AgentReport report, string? logProblem)
    {
        if ((report.Problem ?? logProblem) is { } problem)
            return Finding.Fail(report.Agent.Node, problem, reports.Pod(report));
        return report.Starved is { } starved
            ? Finding.Warn(report.Agent.Node, $"logs and exec work, but nothing else was judged there, as {starved}")
            : Finding.Pass(report.Agent.Node, "logs and exec work");
    }

    private static async Task<string?> LogProblemAsync(KubeApi api, string space, SmokeAgent agent)
    {
        try
        {
            var log = await api.TextAsync($"{ApiPaths.PodsOf(space)}/{agent.Pod}/log");
            return log.Contains($"agent on {agent.Node}") ? null : "its pod's log comes back without the line that the pod wrote";
        }
        catch (ApiProblem problem)
        {
            return $"its pod's log can't be read: {problem.Reason}";
        }
    }
}
