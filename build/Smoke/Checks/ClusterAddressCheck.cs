using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>A Service's cluster address answers from every node, and its requests come to every backend.</summary>
public sealed class ClusterAddressCheck : IAgentCheck
{
    /// <summary>The check's id, which others refer to.</summary>
    public static string CheckId => "service";

    private const string Name = "web";

    public string Id => CheckId;
    public string Title => "A Service answers from every node with every backend";
    public SmokeArea Area => SmokeArea.Network;
    public IReadOnlyList<string> Manifests => ["agents", "web"];
    public IReadOnlyList<string> ExplainedBy => [PodNetworkCheck.CheckId];

    public string Script(NamespaceSnapshot scene, SmokeAgent self)
    {
        if (scene.Services.GetValueOrDefault(Name)?.ClusterAddress is not { } address)
            return ":\n";
        var backends = scene.Ready(Name).Count;
        return $$"""
            begin; seen=" "
            while [ "$(echo "$seen" | wc -w)" -lt {{backends}} ] && [ "$(waited)" -lt {{AgentReport.ServicePatience}}00 ]; do
              try http://{{UrlHost.Of(address)}}:{{SmokeAgent.Port}}/name {{AgentReport.RequestSeconds}}
              if [ $end = answered ]; then
                name=$(cat "$page")
                case "$seen" in *" $name "*) ;; *) seen="$seen$name " ;; esac
                [ $((answered % 10)) -ne 0 ] || sleep 1
              else
                sleep 1
              fi
            done
            tell {{Name}}
            for name in $seen; do echo "hit $name"; done
            """;
    }

    public async Task<SmokeVerdict> RunAsync(SmokeContext context, CancellationToken cancellationToken) =>
        Judge(await context.RequiredStage.ReportsAsync());

    internal static SmokeVerdict Judge(AgentReports reports)
    {
        var backends = reports.Scene.Ready(Name).ToDictionary(pod => pod.Name, pod => pod.Node ?? "");
        if (backends.Count == 0)
            return SmokeVerdict.Skip("the Service has no ready backend: see replicas");

        var findings = reports.Judge(CheckId, (report, lines) => [Judge(reports, report, lines, backends)]);
        return SmokeVerdict.From(
            $"{backends.Count} of {backends.Count} backends answer from {reports.All.Count} nodes", findings);
    }

    /// <summary>The nodes whose pods a Service doesn't answer.</summary>
    internal static IReadOnlySet<string> Broken(AgentReports reports) => Judge(reports).Findings
        .Where(finding => finding.Status == FindingStatus.Failed).Select(finding => finding.Node).OfType<string>().ToHashSet();

    private static Finding Judge(
        AgentReports reports, AgentReport report, IReadOnlyList<string> lines, Dictionary<string, string> backends)
    {
        var node = report.Agent.Node;
        var hit = lines.Where(line => line.StartsWith("hit ", StringComparison.Ordinal)).Select(line => line[4..]).ToHashSet();
        var cutOff = PodNetworkCheck.Broken(reports, node);
        var reachable = backends.Where(backend => !cutOff.Contains(backend.Value)).Select(backend => backend.Key).ToList();
        if (reachable.Count == 0)
            return Finding.Skip(node, "not judged, as no backend's node can be reached by its pods: see pod-network");

        var missing = reachable.Where(name => !hit.Contains(name)).ToList();
        if (missing.Count == 0)
        {
            return Finding.Pass(node, cutOff.Count == 0
                ? "every backend answers"
                : "every backend answers that its pods can reach: see pod-network");
        }

        // A request that goes to a cut-off backend is lost as often as that backend is picked, and a few of those end the count:
        // where all were lost that way, nothing can be said of the Service.
        if (reachable.Count < backends.Count)
        {
            return hit.Count > 0
                ? Finding.Pass(node, "the Service answers; not every backend can be reached: see pod-network")
                : Finding.Skip(node, "not judged, as only some of its backends can be reached by its pods: see pod-network");
        }

        var answer = lines.Select(AgentAnswer.Parse).OfType<AgentAnswer>().FirstOrDefault();
        return Finding.Fail(node, hit.Count == 0
            ? $"the Service's cluster address doesn't answer its pods: {answer?.Said}{report.Load}: "
                + "is kube-proxy, or what stands for it, running there?"
            : $"the Service never picks the backend on {string.Join(", ", missing.Select(name => backends[name]))}: "
                + $"{Picks(answer)}{report.Load}", new("service", Name, reports.Scene.Namespace));
    }

    private static string Picks(AgentAnswer? answer) => answer is null
        ? "no count was told"
        : $"{answer.Answered} of {answer.Requests} requests in {answer.Waited.TotalSeconds:0} s were answered by others"
            + (answer.Lost > 0 ? $", {answer.LostInWords}" : "");
}
