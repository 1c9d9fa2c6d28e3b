using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>The name of a Service resolves in a pod on every node, by the name server that its kubelet gave it.</summary>
public sealed class ClusterDnsCheck : IAgentCheck
{
    private const string CheckId = "dns";
    private const string Service = "web";

    public string Id => CheckId;
    public string Title => "Cluster DNS answers on every node";
    public SmokeArea Area => SmokeArea.Network;
    public string Needs => "a DNS Service in kube-system, labelled k8s-app=kube-dns";
    public IReadOnlyList<string> Manifests => ["agents", "web"];
    public IReadOnlyList<string> ExplainedBy => [PodNetworkCheck.CheckId, ClusterAddressCheck.CheckId];

    public string Script(NamespaceSnapshot scene, SmokeAgent self) => scene.Dns is null
        ? ":\n"
        // The search list ends in the cluster's own domain: "NAMESPACE.svc.cluster.local svc.cluster.local cluster.local".
        : $$"""
          server=$(awk '$1 == "nameserver" { print $2; exit }' /etc/resolv.conf)
          domain=$(awk '$1 == "search" { for (i = 2; i <= NF; i++) if ($i ~ /^svc\./) { print substr($i, 5); exit } }' \
            /etc/resolv.conf)
          echo "server $server"
          echo "domain $domain"
          [ -n "$domain" ] || exit 0
          begun=$(now); asked=0
          while
            answer=$(timeout {{AgentReport.RequestSeconds}} nslookup {{Service}}.{{scene.Namespace}}.svc.$domain. $server 2>&1)
            asked=$((asked + 1))
            ! echo "$answer" | grep -q '^Name:' && [ "$(waited)" -lt {{AgentReport.ServicePatience}}00 ]
          do
            sleep 1
          done
          echo "asked $asked times in $(($(waited) / 100)) s"
          echo "said $(echo "$answer" | grep -v '^$' | tail -n 1)"
          echo "$answer" | awk '/^Name:/ { named = 1 } named && /^Address/ { sub(/^Address[^:]*: */, ""); print "answer " $1 }'
          """;

    public async Task<SmokeVerdict> RunAsync(SmokeContext context, CancellationToken cancellationToken)
    {
        var endpoints = await context.Api.ListAsync(ApiPaths.SystemEndpoints, KubeEndpoints.Read);
        var reports = await context.RequiredStage.ReportsAsync();
        return Judge(endpoints.FirstOrDefault(found => found.Name == reports.Scene.Dns?.Name), reports);
    }

    /// <summary>Judges what the agents report.</summary>
    /// <param name="endpoints">The DNS Service's endpoints; null for none.</param>
    internal static SmokeVerdict Judge(KubeEndpoints? endpoints, AgentReports reports)
    {
        if (reports.Scene.Dns is not { } dns)
            return SmokeVerdict.Skip("the cluster has no DNS Service (k8s-app=kube-dns in kube-system)");
        if (endpoints is null || endpoints.Ready.Count == 0)
            return SmokeVerdict.Skip($"{dns.Reference} has no endpoint: see system-services and system-workloads");
        if (reports.Scene.Services.GetValueOrDefault(Service)?.ClusterAddress is not { } address)
            return SmokeVerdict.Skip("the test's Service has no cluster address to resolve");

        var services = ClusterAddressCheck.Broken(reports);
        var findings = reports.Judge(CheckId, (report, lines) =>
            [Judge(report.Agent, lines, address, Explanation(report.Agent.Node, services, endpoints, reports), dns)]);
        return SmokeVerdict.From($"{dns.Name} resolves a Service on {reports.All.Count} nodes", findings);
    }

    private static Finding Judge(
        SmokeAgent agent, IReadOnlyList<string> lines, string address, string? explanation, KubeService dns)
    {
        var server = Value(lines, "server ");
        var answers = lines.Where(line => line.StartsWith("answer ", StringComparison.Ordinal)).Select(line => line[7..])
            .ToList();
        if (answers.Contains(address))
            return Finding.Pass(agent.Node, $"{server} answers");
        if (explanation is not null)
            return Finding.Skip(agent.Node, explanation);
        if (Value(lines, "domain ").Length == 0)
        {
            return Finding.Fail(agent.Node, $"its kubelet gives pods the name server {server} and no cluster domain: "
                + "set clusterDNS and clusterDomain", new("node", agent.Node));
        }

        // An answer that says no is an answer.
        var said = Value(lines, "said ");
        var saysNo = said.Contains("can't find") || said.Contains("NXDOMAIN");
        var what = saysNo ? "knows no Service of the test" : "doesn't answer its pods";
        return Finding.Fail(agent.Node, answers.Count > 0
            ? $"{server} gives {string.Join(", ", answers)} for a Service at {address}"
            : $"{server} {what}, asked {Value(lines, "asked ")}: {said}",
            dns.Reference);
    }

    private static string? Explanation(
        string node, IReadOnlySet<string> brokenServices, KubeEndpoints endpoints, AgentReports reports)
    {
        if (brokenServices.Contains(node))
            return "not judged, as Services don't answer there: see service";
        var cutOff = PodNetworkCheck.Broken(reports, node);
        return endpoints.Ready.Any(endpoint => endpoint.Node is not null && cutOff.Contains(endpoint.Node))
            ? "not judged, as its pods don't reach the node of a DNS pod: see pod-network"
            : null;
    }

    private static string Value(IReadOnlyList<string> lines, string key) =>
        lines.FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal))?[key.Length..].Trim() ?? "";
}
