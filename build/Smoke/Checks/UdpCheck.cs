using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>Pods on every node reach other nodes' pods by UDP: those of DNS, which every cluster has. A firewall or a network
/// plugin that lets TCP alone through shows here. The Service of DNS, which <c>dns</c> asks, goes by UDP too. A pod that answers
/// nobody, on its own node neither, is that one's fault, and shown by <c>dns</c>. A Service of the test's own with the same pods
/// behind it shows that a new Service takes UDP.</summary>
public sealed class UdpCheck : IAgentCheck
{
    private const string CheckId = "udp";

    public string Id => CheckId;
    public string Title => "Pods are reached by UDP from every node";
    public SmokeArea Area => SmokeArea.Network;
    public string Needs => "pods of DNS behind a Service of kube-system, labelled k8s-app=kube-dns";
    public IReadOnlyList<string> ExplainedBy => [PodNetworkCheck.CheckId, ClusterAddressCheck.CheckId];

    private const int ServicePort = 5300;
    private const string ServiceName = "udp";

    /// <summary>The Service, with pods of DNS behind it.</summary>
    internal static string Service(TestNamespace stage, IReadOnlyList<DnsPod> pods)
    {
        var port = pods[0].Port;
        var addresses = pods.Where(pod => pod.Port == port).Select(pod => new { ip = pod.Address });
        var values = new Dictionary<string, string>()
        {
            ["port"] = ServicePort.ToString(CultureInfo.InvariantCulture),
            ["target"] = port.ToString(CultureInfo.InvariantCulture),
            ["addresses"] = JsonSerializer.Serialize(addresses),
        };
        return stage.Render(ServiceName, values);
    }

    // What nslookup says of a name server that answers, whatever it answers.
    private const string Answered = "^Name:|NXDOMAIN|REFUSED|SERVFAIL|No answer|find ";

    // Whatever it answers, even that it knows no such name, has come by UDP.
    public string Script(NamespaceSnapshot scene, SmokeAgent self) => string.Concat(Targets(scene).Select(target =>
        $$"""
        (
        begun=$(now)
        while
          said=$(timeout {{AgentReport.RequestSeconds}} \
            nslookup -port={{target.Port}} kubernetes.default.svc. {{target.Address}} 2>&1)
          code=$?
          ! echo "$said" | grep -qE '{{Answered}}' && [ "$(waited)" -lt {{Patience(target)}}00 ]
        do
          sleep 1
        done
        if echo "$said" | grep -qE '{{Answered}}'; then end=answered; else end=silent; fi
        echo "{{target.Address}} $end $code $(echo "$said" | grep -v '^$' | tail -n 1)"
        ) &

        """)) + "wait\n";

    public async Task<SmokeVerdict> RunAsync(SmokeContext context, CancellationToken cancellationToken) =>
        Judge(await context.RequiredStage.ReportsAsync());

    internal static SmokeVerdict Judge(AgentReports reports)
    {
        var targets = reports.Scene.DnsPods;
        if (targets.Count == 0)
            return SmokeVerdict.Skip("the cluster has no pods of DNS (behind a Service k8s-app=kube-dns in kube-system)");
        var answering = reports.All.SelectMany(report => report.Lines[CheckId]).Select(line => line.Split(' ', 4))
            .Where(words => words is [_, "answered", ..]).Select(words => words[0]).ToHashSet(StringComparer.Ordinal);
        var services = OfService(reports.Scene);
        var findings = reports.Judge(CheckId, (report, lines) => targets.Select(target => answering.Contains(target.Address)
                ? Judge(reports, report, target, lines)
                : Finding.Skip(report.Agent.Node, $"the pod {target.Address} of DNS answers nobody by UDP: see dns"))
            .Concat(services.Select(service => JudgeService(
                reports, report, service, lines, targets.Any(target => answering.Contains(target.Address))))));
        var and = services.Count > 0 ? " and a Service" : "";
        return SmokeVerdict.From(
            $"{targets.Count} pods{and} answer by UDP from {reports.All.Count} nodes", findings);
    }

    // Behind the pods, as one more of them: its name stands where a pod has its node.
    private static IEnumerable<DnsPod> Targets(NamespaceSnapshot scene) => scene.DnsPods.Concat(OfService(scene));

    private static int Patience(DnsPod target) =>
        target.Node == ServiceName ? AgentReport.ServicePatience : AgentReport.Patience;

    private static IReadOnlyList<DnsPod> OfService(NamespaceSnapshot scene) =>
        scene.DnsPods.Count > 0 && scene.Services.GetValueOrDefault(ServiceName)?.ClusterAddress is { } address
            ? [new DnsPod(address, ServicePort, ServiceName)] : [];

    private static Finding JudgeService(
        AgentReports reports, AgentReport report, DnsPod service, IReadOnlyList<string> lines, bool anyPodAnswers)
    {
        var node = report.Agent.Node;
        var words = lines.Select(line => line.Split(' ', 4)).FirstOrDefault(words => words[0] == service.Address);
        if (words is [_, "answered", ..])
            return Finding.Pass(node, "a Service of the test's own answers by UDP");
        if (!anyPodAnswers)
            return Finding.Skip(node, "a Service is not judged, as no pod of DNS answers by UDP: see dns");
        if (ClusterAddressCheck.Broken(reports).Contains(node))
            return Finding.Skip(node, "a Service is not judged, as none answers its pods by TCP either: see service");
        if (PodNetworkCheck.Broken(reports, node).Count > 0)
            return Finding.Skip(node, "a Service is not judged, as its pods don't reach all nodes: see pod-network");
        return Finding.Fail(
            node, $"a Service at {service.Address} doesn't answer its pods by UDP: {words?.ElementAtOrDefault(3)}{report.Load}",
            new("service", ServiceName, reports.Scene.Namespace));
    }

    private static Finding Judge(
        AgentReports reports, AgentReport report, DnsPod target, IReadOnlyList<string> lines)
    {
        var node = report.Agent.Node;
        var what = $"the pod {target.Address} of {target.Node ?? "another node"}";
        var words = lines.Select(line => line.Split(' ', 4)).FirstOrDefault(words => words[0] == target.Address);
        if (words is [_, "answered", ..])
            return Finding.Pass(node, $"{what} answers by UDP");
        if (target.Node is not null && PodNetworkCheck.Broken(reports, node).Contains(target.Node))
            return Finding.Skip(node, $"{what} is not judged, as its pods don't reach that node: see pod-network");
        return Finding.Fail(node, words is null ? $"its script said nothing of {what}"
            : $"{what} doesn't answer its pods by UDP: {words.ElementAtOrDefault(3)}{report.Load}", reports.Pod(report));
    }
}
