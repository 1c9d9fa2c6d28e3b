using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>The API servers behind the kubeconfig and on each control plane call themselves ready and alive.</summary>
public sealed class ApiReadyCheck : ISmokeCheck
{
    public string Id => "api-ready";
    public string Title => "Every API server is ready and alive";
    public SmokeArea Area => SmokeArea.Api;

    public async Task<SmokeVerdict> RunAsync(SmokeContext context, CancellationToken cancellationToken)
    {
        var answers = await Task.WhenAll(context.Api.ProblemAsync(ApiPaths.Ready), context.Api.ProblemAsync(ApiPaths.Live));
        if (answers.FirstOrDefault(problem => problem is { NoAnswer: true }) is { } silence)
            return Silent(silence);

        List<Finding> findings = [.. answers.OfType<ApiProblem>().Select(problem =>
            Finding.Fail(null, $"{problem.What}: {FailedParts(problem.Said)}"))];
        var pods = await context.SystemPodsAsync().OrNoneIfAsync(ApiProblemKind.Forbidden);
        var servers = pods.Where(pod => pod.Labels.GetValueOrDefault("component") == "kube-apiserver").ToList();
        findings.AddRange(await Task.WhenAll(servers.Select(pod => AskPodAsync(context, pod))));
        return SmokeVerdict.From(
            servers.Count == 0 ? "the API server is ready" : $"{servers.Count} of {servers.Count} API servers are ready",
            findings);
    }

    /// <summary>What it means that no answer came at all.</summary>
    internal static SmokeVerdict Silent(ApiProblem problem) => problem.Kind switch
    {
        ApiProblemKind.Unauthorized => SmokeVerdict.Skip("the API server refuses the kubeconfig's user: see kubeconfig"),
        ApiProblemKind.ServerCertificate => SmokeVerdict.Skip(
            "the API server's certificate isn't accepted: see server-certificate"),
        _ => SmokeVerdict.Fail($"no API server answers: {problem.Reason}"),
    };

    /// <summary>The parts that an API server calls broken, from the answer of <c>/readyz?verbose</c>.</summary>
    internal static string FailedParts(string said)
    {
        var parts = said.Replace("\\n", "\n").Split('\n')
            .Select(line => line.Trim(' ', '"'))
            .Select(line => line[Math.Max(0, line.IndexOf("[-]", StringComparison.Ordinal))..])
            .Where(line => line.StartsWith("[-]", StringComparison.Ordinal)).Select(line => line[3..]).ToList();
        return parts.Count > 0 ? string.Join("; ", parts) : said.Trim();
    }

    // Through the API's own proxy, as a control plane's address need not be reachable from here. Where that isn't allowed, the
    // pod's condition says what its own probe of the same path last got.
    private static async Task<Finding> AskPodAsync(SmokeContext context, KubePod pod)
    {
        var problem = await context.Api.ProblemAsync($"{ApiPaths.SystemPods}/https:{pod.Name}:6443/proxy{ApiPaths.Ready}");
        if (problem is null)
            return Finding.Pass(pod.Node, "ready");
        if (problem.Kind is ApiProblemKind.Forbidden or ApiProblemKind.Unauthorized)
            return pod.IsReady ? Finding.Pass(pod.Node, "ready, by its pod") : Judge(await context.NodeStatesAsync(), pod);
        return Finding.Fail(
            pod.Node,
            problem.Kind == ApiProblemKind.TimedOut
                ? $"its API server didn't say that it is ready: {problem.Reason}"
                : $"its API server isn't ready: {FailedParts(problem.Said)}",
            pod.Reference);
    }

    private static Finding Judge(NodeStates states, KubePod pod) => states.Trouble(pod.Node) is null
        ? Finding.Fail(pod.Node, $"its API server isn't ready: {pod.Trouble()}", pod.Reference)
        : Finding.Skip(pod.Node, "not judged, as the node can't be counted on: see nodes-ready");
}
