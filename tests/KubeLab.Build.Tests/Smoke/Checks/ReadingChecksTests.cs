using System.Text.Json;
using KubeLab.Kubernetes;
using KubeLab.Smoke;

namespace KubeLab.Tests.Smoke;

/// <summary>The checks that read the API alone, each against answers on which it fails.</summary>
public class ReadingChecksTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task An_API_that_is_handed_on_to_somebody_who_is_gone_is_found()
    {
        const string Path = "/apis/apiregistration.k8s.io/v1/apiservices";
        (await RunAsync(new ApiServicesCheck(), (Path, """{"items":[{"metadata":{"name":"v1."},"status":{"conditions":[{"type":"Available","status":"True"}]}},{"metadata":{"name":"v1beta1.metrics.k8s.io"},"status":{"conditions":[{"type":"Available","status":"False","reason":"MissingEndpoints","message":"no endpoints"}]}}]}""")))
            .ShouldBlame(null, "v1beta1.metrics.k8s.io is not available: MissingEndpoints: no endpoints");
        (await RunAsync(new ApiServicesCheck(), (Path, """{"items":[{"metadata":{"name":"v1.apps"}}]}"""))).ShouldBlame(null, "its condition is missing");
        (await RunAsync(new ApiServicesCheck())).ShouldBeSkipped("lists no APIService");
    }

    [Fact]
    public async Task A_webhook_that_nobody_answers_fails_where_it_refuses_and_is_warned_of_where_it_is_left_out()
    {
        static string Hooks(string policy) => $$$"""{"items":[{"metadata":{"name":"guard"},"webhooks":[{"name":"pods.guard","failurePolicy":"{{{policy}}}","timeoutSeconds":10,"clientConfig":{"service":{"namespace":"guard","name":"hook"} } },{"name":"url","clientConfig":{"url":"https://192.0.2.9"} }]}]}""";
        const string Path = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations";
        const string Endpoints = "/api/v1/namespaces/guard/endpoints/hook";

        (await RunAsync(new WebhooksCheck(), (Path, Hooks("Fail")))).ShouldBlame(null, "asks the Service guard/hook, which doesn't exist: all that it is asked about is refused");
        (await RunAsync(new WebhooksCheck(), (Path, Hooks("Fail")), (Endpoints, """{"subsets":[{"notReadyAddresses":[{"ip":"10.0.0.1"}]}]}"""))).ShouldBlame(null, "which has no ready pod");
        var warned = await RunAsync(new WebhooksCheck(), (Path, Hooks("Ignore")));
        warned.ShouldPass();
        warned.Findings.ShouldHaveSingleItem().Message.ShouldContain("what is asked for waits 10 s");
        (await RunAsync(new WebhooksCheck(), (Path, Hooks("Fail")), (Endpoints, """{"subsets":[{"addresses":[{"ip":"10.0.0.1"}]}]}"""))).ShouldPass();
        (await RunAsync(new WebhooksCheck())).ShouldBeSkipped("no admission webhook");
    }

    [Fact]
    public async Task A_Service_that_waits_for_an_address_from_outside_is_found()
    {
        static string Services(string status, string type = "LoadBalancer", int minutes = 10) => $$$"""{"items":[{"metadata":{"name":"shop","namespace":"default","creationTimestamp":"{{{TimeProvider.System.GetUtcNow().AddMinutes(-minutes):yyyy-MM-ddTHH:mm:ssZ}}}"},"spec":{"type":"{{{type}}}"},"status":{{{status}}} }]}""";

        (await RunAsync(new LoadBalancersCheck(), ("/api/v1/services", Services("""{"loadBalancer":{}}""")))).ShouldBlame(null, "service default/shop has had no address from outside for 10 min");
        (await RunAsync(new LoadBalancersCheck(), ("/api/v1/services", Services("""{"loadBalancer":{}}""", minutes: 1)))).ShouldPass();
        (await RunAsync(new LoadBalancersCheck(), ("/api/v1/services", Services("""{"loadBalancer":{"ingress":[{"ip":"192.0.2.50"}]}}""")))).ShouldPass();
        (await RunAsync(new LoadBalancersCheck(), ("/api/v1/services", Services("{}", "ClusterIP")))).ShouldBeSkipped("no Service is of type LoadBalancer");
    }

    [Fact]
    public async Task A_node_that_lacks_one_of_two_IP_families_is_found()
    {
        static string Node(string name, string ranges, string addresses) => $$$"""{"metadata":{"name":"{{{name}}}"},"spec":{"podCIDRs":[{{{ranges}}}]},"status":{"addresses":[{{{addresses}}}]} }""";
        const string V4 = """{"type":"InternalIP","address":"192.0.2.1"}""";
        const string Both = V4 + """,{"type":"InternalIP","address":"2001:db8::1"}""";
        static string Nodes(params string[] nodes) => $$"""{"items":[{{string.Join(',', nodes)}}]}""";

        (await RunAsync(new DualStackCheck(), ("/api/v1/nodes", Nodes(Node("a", "\"10.0.0.0/24\",\"2001:db8:1::/64\"", Both), Node("b", "\"10.0.1.0/24\"", Both))))).ShouldBlame("b", "its pods have addresses of one IP family alone");
        (await RunAsync(new DualStackCheck(), ("/api/v1/nodes", Nodes(Node("a", "\"10.0.0.0/24\",\"2001:db8:1::/64\"", Both), Node("b", "\"10.0.1.0/24\",\"2001:db8:2::/64\"", V4))))).ShouldBlame("b", "--node-ip");
        (await RunAsync(new DualStackCheck(), ("/api/v1/nodes", Nodes(Node("a", "\"10.0.0.0/24\",\"2001:db8:1::/64\"", Both))))).ShouldPass();
        (await RunAsync(new DualStackCheck())).ShouldBeSkipped("the cluster has one IP family");
    }

    [Fact]
    public async Task A_volume_that_is_lost_is_found_and_one_that_could_not_be_reclaimed()
    {
        (await RunAsync(new LostVolumesCheck(), ("/api/v1/persistentvolumeclaims", """{"items":[{"metadata":{"name":"data","namespace":"shop"},"spec":{"volumeName":"pv-1"},"status":{"phase":"Lost"}}]}""")))
            .ShouldBlame(null, "the claim shop/data has lost its volume pv-1");
        (await RunAsync(new LostVolumesCheck(), ("/api/v1/persistentvolumes", """{"items":[{"metadata":{"name":"pv-2"},"status":{"phase":"Failed","message":"no plugin"}},{"metadata":{"name":"pv-3"},"status":{"phase":"Released"}}]}""")))
            .ShouldBlame(null, "the volume pv-2 could not be reclaimed: no plugin");
        (await RunAsync(new LostVolumesCheck())).ShouldBeSkipped("the cluster has no volumes");
    }

    [Fact]
    public async Task Versions_of_the_API_that_will_go_are_warned_of_with_since_when_they_were_counted()
    {
        var metrics = Recorded.Metrics + "apiserver_requested_deprecated_apis{group=\"policy\",removed_release=\"1.25\",resource=\"podsecuritypolicies\",subresource=\"\",version=\"v1beta1\"} 1\n";

        var verdict = await RunAsync(new DeprecatedApisCheck(), ("/metrics", metrics));

        verdict.ShouldPass();
        verdict.Findings.ShouldHaveSingleItem().Message.ShouldBe("podsecuritypolicies of policy/v1beta1 was asked for since 2023-11-14 22:13 UTC, which Kubernetes 1.25 no longer has");
        const string Group = """{"preferredVersion":{"groupVersion":"policy/v1"},"versions":[{"groupVersion":"policy/v1"},{"groupVersion":"policy/v1beta1"}]}""";
        const string Old = """{"resources":[{"name":"podsecuritypolicies"},{"name":"poddisruptionbudgets"}]}""";
        // What only the old version has, the cluster's own controllers ask for, as they look at all that there is.
        var own = await RunAsync(new DeprecatedApisCheck(), ("/metrics", metrics), ("/apis/policy", Group), ("/apis/policy/v1", """{"resources":[{"name":"poddisruptionbudgets"}]}"""), ("/apis/policy/v1beta1", Old));
        own.Findings.ShouldHaveSingleItem().Status.ShouldBe(FindingStatus.Passed);
        own.Message.ShouldEndWith("1 of them by Kubernetes' own controllers too");
        (await RunAsync(new DeprecatedApisCheck(), ("/metrics", metrics), ("/apis/policy", Group), ("/apis/policy/v1", Old), ("/apis/policy/v1beta1", Old)))
            .Findings.ShouldHaveSingleItem().Message.ShouldEndWith("a client does by name, as policy/v1 is there");
        (await RunAsync(new DeprecatedApisCheck(), ("/metrics", metrics[..^9]))).ShouldBlame(null, "cut off, or none");
        (await RunAsync(new DeprecatedApisCheck())).ShouldPass();
    }

    [Theory]
    [InlineData(1950, FindingStatus.Failed, null)]
    [InlineData(1700, FindingStatus.Passed, "etcdctl defrag frees the rest")]
    [InlineData(20, FindingStatus.Passed, null)]
    [InlineData(3000, FindingStatus.Passed, "etcdctl defrag frees the rest")]
    public void A_store_of_etcd_that_is_nearly_full_is_found(int mib, FindingStatus status, string? warning)
    {
        var verdict = EtcdStoreCheck.Judge([new EtcdStatus(1, 1, []) { Host = "192.0.2.10", Version = "3.5.1", SizeBytes = (long)mib << 20, InUseBytes = 1 << 20 }], []);

        verdict.Status.ShouldBe(status);
        verdict.Findings.Any(finding => finding.Status == FindingStatus.Warning).ShouldBe(warning is not null);
    }

    [Fact]
    public void A_disk_of_etcd_that_is_slow_is_found_by_its_own_figures()
    {
        static string Buckets(int fast, int slow) => $"etcd_disk_wal_fsync_duration_seconds_bucket{{le=\"0.008\"}} {fast}\netcd_disk_wal_fsync_duration_seconds_bucket{{le=\"0.016\"}} {fast}\netcd_disk_wal_fsync_duration_seconds_bucket{{le=\"1.024\"}} {fast + slow}\netcd_disk_wal_fsync_duration_seconds_bucket{{le=\"+Inf\"}} {fast + slow}\n";
        IReadOnlyList<EtcdStatus> stores = [new EtcdStatus(1, 1, []) { Host = "192.0.2.10", Version = "3.5.1", SizeBytes = 1 << 20, InUseBytes = 1 << 20 }];

        EtcdStoreCheck.Judge(stores, [("k8s-m0", EtcdFsync.Read(Buckets(90, 10)))]).ShouldBlame("k8s-m0", "1 of 100 writes of etcd to its disk takes 1024 ms or longer");
        EtcdStoreCheck.Judge(stores, [("k8s-m0", EtcdFsync.Read(Buckets(9999, 1)))]).ShouldPass();
        EtcdFsync.Read(Buckets(9999, 1)).ShouldBe(TimeSpan.FromMilliseconds(8));
        EtcdFsync.Read(Buckets(9999, 1)[..^20]).ShouldBeNull();
        EtcdFsync.Read("").ShouldBeNull();
        EtcdFsync.Read("etcd_disk_wal_fsync_duration_seconds_bucket{le=\"+Inf\"} 1e999\n").ShouldBeNull();
        EtcdStoreCheck.Judge([], []).ShouldBeSkipped("there is no SSH to its nodes");
    }

    [Fact]
    public void DNS_on_one_node_alone_is_found()
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal) { ["k8s-app"] = "kube-dns" };
        KubePod Pod(string name, string node) => new() { Name = name, Namespace = "kube-system", Node = node, Labels = labels, Conditions = [new("Ready", "True", "", "")] };

        DnsSpreadCheck.Judge([Pod("dns-1", "k8s-n0"), Pod("dns-2", "k8s-n0")], 2).ShouldBlame("k8s-n0", "all 2 pods of DNS run on it");
        DnsSpreadCheck.Judge([Pod("dns-1", "k8s-n0"), Pod("dns-2", "k8s-n1")], 2).ShouldPass();
        DnsSpreadCheck.Judge([Pod("dns-1", "k8s-n0")], 2).Findings.ShouldHaveSingleItem().Status.ShouldBe(FindingStatus.Warning);
        DnsSpreadCheck.Judge([Pod("dns-1", "k8s-n0"), Pod("dns-2", "k8s-n0")], 1).ShouldBeSkipped("two are needed");
        DnsSpreadCheck.Judge([], 3).ShouldBeSkipped("no pod of DNS is ready");
    }

    [Fact]
    public void A_node_without_the_network_plugins_pod_is_found_and_one_whose_pod_fails()
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal) { ["k8s-app"] = "calico-node" };
        var set = new KubeWorkload("daemonset", "calico-node", "kube-system", labels, 3, 3, 3, true);
        KubePod Pod(string node) => new() { Name = $"calico-{node}", Namespace = "kube-system", Node = node, Labels = labels, Conditions = [new("Ready", "True", "", "")] };
        IReadOnlyList<KubePod> all = [Pod("k8s-m0"), Pod("k8s-n0"), Pod("k8s-n1")];

        NetworkPluginCheck.Judge([set], all, Recorded.Nodes(), Recorded.States()).ShouldPass();
        NetworkPluginCheck.Judge([set], all.Take(2).ToList(), Recorded.Nodes(), Recorded.States()).ShouldBlame("k8s-n1", "no pod of calico-node is there");
        NetworkPluginCheck.Judge([set], [all[0], all[1], all[2] with { Conditions = [], Phase = "Running" }], Recorded.Nodes(), Recorded.States()).ShouldBlame("k8s-n1", "Running, not ready");
        NetworkPluginCheck.Judge([set with { Available = 2 }], all.Take(2).ToList(), Recorded.Nodes(), Recorded.States()).ShouldBeSkipped("see system-workloads");
        NetworkPluginCheck.Judge([], all, Recorded.Nodes(), Recorded.States()).ShouldBeSkipped("no network plugin that is known");
    }

    [Fact]
    public void A_pod_with_all_rights_that_is_let_in_is_found()
    {
        PodSecurityCheck.Judge(StandInKubectl.Output("pod/privileged"), "space").ShouldBlame(null, "a pod with all rights was let into space");
        PodSecurityCheck.Judge(StandInKubectl.Error("Error from server (Forbidden): pods \"privileged\" is forbidden: violates PodSecurity \"restricted:latest\": host namespaces"), "space").ShouldPass();
        Should.Throw<ApiProblem>(() => PodSecurityCheck.Judge(StandInKubectl.Error("Unable to connect to the server: EOF"), "space"));
    }

    [Fact]
    public void A_CronJob_that_does_not_start_is_found_and_one_whose_minute_did_not_come_is_no_pass()
    {
        CronJobCheck.Judge(started: false, Now, Now.AddSeconds(35)).ShouldBlame(null, "its Job was not started within 35 s of its minute");
        CronJobCheck.Judge(started: true, Now, Now.AddSeconds(5)).ShouldPass();
        CronJobCheck.Judge(started: false, Now, Now.AddSeconds(-20)).ShouldBeSkipped("its minute did not come");
    }

    [Fact]
    public void An_image_that_can_no_longer_be_pulled_is_found()
    {
        var pod = new KubePod { Name = "pull", Namespace = "space", Node = "k8s-n0", Phase = "Pending", Containers = [new KubeContainer("pull", "busybox:1.36", 0, "ErrImagePull", "no such host", false, null)] };

        ImagePullCheck.Judge("busybox:1.36", pod).ShouldBlame("k8s-n0", "the image busybox:1.36 can't be pulled: no such host");
        ImagePullCheck.Judge("busybox:1.36", pod with { Phase = "Succeeded" }).ShouldPass();
        ImagePullCheck.Judge("busybox:1.36", null).ShouldBlame(null, "isn't there");
        ImagePullCheck.Judge("busybox:1.36", pod with { Node = null }).ShouldBeSkipped("was not scheduled");
        ImagePullCheck.Judge("busybox:1.36", pod with { Containers = [] }).ShouldBlame("k8s-n0", "is not done after 30 s");
        ImagePullCheck.IsOfNodes("kubelab.invalid/busybox:1").ShouldBeTrue();
        ImagePullCheck.IsOfNodes("registry.example/busybox:1").ShouldBeFalse();
    }

    [Fact]
    public void A_node_whose_pod_the_API_server_does_not_reach_is_found()
    {
        var (m0, n0) = (new SmokeAgent("k8s-m0", "agent-1", "10.0.0.1", null), new SmokeAgent("k8s-n0", "agent-2", "10.0.0.2", null));
        var scene = new NamespaceSnapshot("space", [m0, n0], [], [], new Dictionary<string, KubeService>(StringComparer.Ordinal), []);

        static AgentReport Report(SmokeAgent agent, string peer) => AgentReport.Read(agent, StandInKubectl.Output($"self|{agent.Node} answered 1 1 1 0 0 0 1 7 {agent.Node}\npod-network|{peer}\nend|\n"));
        var reports = new AgentReports(scene, [Report(m0, "k8s-n0 answered 1 1 1 0 0 0 1 7 k8s-n0"), Report(n0, "k8s-m0 answered 1 1 1 0 0 0 1 7 k8s-m0")]);
        var cutOff = new AgentReports(scene, [Report(m0, "k8s-n0 silent 1 1 0 0 2 0 1 0 timed out"), reports.All[1]]);
        var unreached = StandInKubectl.Error("Error from server (InternalError): an error on the server (\"Error trying to reach service: dial tcp 10.0.0.2:8080: i/o timeout\")");

        HostNetworkCheck.Judge(reports, [(m0, StandInKubectl.Output("k8s-m0\n")), (n0, StandInKubectl.Output("k8s-n0\n"))], []).ShouldPass();
        HostNetworkCheck.Judge(reports, [(m0, StandInKubectl.Output("k8s-m0\n")), (n0, unreached)], []).ShouldBlame("k8s-n0", "the API server doesn't reach its pod");
        HostNetworkCheck.Judge(cutOff, [(m0, unreached), (n0, unreached)], []).ShouldBeSkipped("see pod-network");
        HostNetworkCheck.Judge(reports, [(m0, StandInKubectl.Output("k8s-m0\n")), (n0, StandInKubectl.Output("k8s-m0\n"))], []).ShouldBlame("k8s-n0", "'k8s-m0' answers in place of its pod");
        HostNetworkCheck.Judge(reports, [(m0, StandInKubectl.Error("Error from server (Forbidden): no")), (n0, StandInKubectl.Error("Error from server (Forbidden): no"))], []).ShouldBeSkipped("may not ask pods");

        (SmokeAgent, KubectlResult)[] reached = [(m0, StandInKubectl.Output("k8s-m0\n")), (n0, StandInKubectl.Output("k8s-n0\n"))];
        HostNetworkCheck.Judge(reports, reached, [("k8s-m0", "answered web-1"), ("k8s-n0", "answered web-2")]).Message.ShouldContain("2 nodes reach a Service's cluster address");
        HostNetworkCheck.Judge(reports, reached, [("k8s-n0", "silent curl: (28) Connection timed out")]).ShouldBlame("k8s-n0", "doesn't reach a Service's cluster address, which its pods reach: curl: (28) Connection timed out");
        HostNetworkCheck.Judge(cutOff, reached, [("k8s-n0", "silent no route")]).Findings.ShouldContain(finding => finding.Message.Contains("see pod-network"));
        HostNetworkCheck.Judge(reports, reached, [("k8s-n0", "unknown Permission denied")]).Findings.ShouldContain(finding => finding.Status == FindingStatus.Skipped && finding.Message.EndsWith("Permission denied"));
        HostNetworkCheck.Judge(reports, reached, [("k8s-n0", "")]).Findings.ShouldContain(finding => finding.Status == FindingStatus.Skipped && finding.Message.Contains("doesn't say"));
    }

    [Fact]
    public void A_node_whose_pods_reach_no_DNS_by_UDP_is_found()
    {
        var agents = new[] { new SmokeAgent("k8s-m0", "agent-1", "10.0.0.1", null), new SmokeAgent("k8s-n0", "agent-2", "10.0.0.2", null) };
        var scene = new NamespaceSnapshot("space", agents, [], [], new Dictionary<string, KubeService>(StringComparer.Ordinal), [])
        {
            Dns = new KubeService("kube-dns", "kube-system", "10.233.0.10", true, 0, new Dictionary<string, string>(StringComparer.Ordinal)),
            DnsPods = [new DnsPod("10.233.64.5", 1053, "k8s-n0"), new DnsPod("10.233.65.5", 1053, "k8s-m0")],
        };
        AgentReports Reports(string ofWorker) => new(scene, [Report(agents[0], "10.233.65.5 answered 0 x\nudp|10.233.64.5 answered 0 x\npod-network|k8s-n0 answered 1 1 1 0 0 0 1 7 k8s-n0"), Report(agents[1], ofWorker)]);
        static AgentReport Report(SmokeAgent agent, string lines) => AgentReport.Read(agent, StandInKubectl.Output($"self|{agent.Node} answered 1 1 1 0 0 0 1 7 {agent.Node}\nudp|{lines}\nend|\n"));

        UdpCheck.Judge(Reports("10.233.65.5 answered 0 x\nudp|10.233.64.5 answered 0 x")).ShouldPass();
        UdpCheck.Judge(Reports("10.233.65.5 silent 143 ;; connection timed out\nudp|10.233.64.5 answered 0 x")).ShouldBlame("k8s-n0", "the pod 10.233.65.5 of k8s-m0 doesn't answer its pods by UDP: ;; connection timed out");
        UdpCheck.Judge(Reports("10.233.64.5 answered 0 x")).ShouldBlame("k8s-n0", "its script said nothing of the pod 10.233.65.5");
        UdpCheck.Judge(Reports("10.233.65.5 silent 143 timed out\nudp|10.233.64.5 answered 0 x\npod-network|k8s-m0 silent 1 1 0 0 2 0 1 0 timed out"))
            .Findings.ShouldContain(finding => finding.Status == FindingStatus.Skipped && finding.Message.Contains("see pod-network"));
        const string Stopped = "10.233.65.5 silent 143 timed out\nudp|10.233.64.5 answered 0 x";
        UdpCheck.Judge(new AgentReports(scene, [Report(agents[0], Stopped), Report(agents[1], Stopped)]))
            .Findings.ShouldContain(finding => finding.Status == FindingStatus.Skipped && finding.Message.Contains("the pod 10.233.65.5 of DNS answers nobody"));
        UdpCheck.Judge(new AgentReports(scene with { DnsPods = [] }, [])).ShouldBeSkipped("no pods of DNS");
        const string Pods = "10.233.65.5 answered 0 x\nudp|10.233.64.5 answered 0 x\nudp|";
        var withService = scene with { Services = new Dictionary<string, KubeService>(StringComparer.Ordinal) { ["udp"] = scene.Dns! with { Name = "udp", ClusterAddress = "10.233.7.7" } } };
        AgentReports OfService(string line, string more = "") => new(withService, [Report(agents[0], Pods + "10.233.7.7 answered 0 x"), Report(agents[1], Pods + line + more)]);
        UdpCheck.Judge(OfService("10.233.7.7 answered 0 x")).Message.ShouldBe("2 pods and a Service answer by UDP from 2 nodes");
        UdpCheck.Judge(OfService("10.233.7.7 silent 143 timed out")).ShouldBlame("k8s-n0", "a Service at 10.233.7.7 doesn't answer its pods by UDP: timed out");
        UdpCheck.Judge(OfService("10.233.7.7 silent 143 timed out", "\npod-network|k8s-m0 silent 1 1 0 0 2 0 1 0 timed out"))
            .Findings.ShouldContain(finding => finding.Status == FindingStatus.Skipped && finding.Message.Contains("a Service is not judged"));
        new UdpCheck().Script(withService, agents[0]).ShouldContain("nslookup -port=5300 kubernetes.default.svc. 10.233.7.7");
        new UdpCheck().Script(scene, agents[0]).ShouldContain("nslookup -port=1053 kubernetes.default.svc. 10.233.64.5");
    }

    private static Task<SmokeVerdict> RunAsync(ISmokeCheck check, params (string Path, string Body)[] answers)
    {
        var kubectl = StandInKubectl.Healthy();
        foreach (var (path, body) in answers)
            kubectl.AnswersInstead($"get --raw {path}", StandInKubectl.Output(body));
        var token = TestContext.Current.CancellationToken;
        var access = KubeAccess.Parse("""{"clusters":[{"cluster":{"server":"https://192.0.2.10:6443"}}],"users":[{"user":{}}]}""");
        return check.RunAsync(
            new SmokeContext(kubectl, new KubeApi(kubectl, TimeSpan.FromSeconds(5), token), access, new SmokeOptions(), SmokeExpectations.None, TimeProvider.System), token);
    }
}
