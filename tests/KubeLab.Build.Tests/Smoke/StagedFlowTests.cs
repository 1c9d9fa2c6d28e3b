using KubeLab.Smoke;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Smoke;

/// <summary>
/// What the lab can't offer, a network plugin that enforces policies, names outside of the cluster and etcd in pods: the whole way
/// through the runner, with recorded answers.
/// </summary>
public class StagedFlowTests
{
    private const string Namespace = "/api/v1/namespaces/kubelab-smoke-";

    private static readonly SmokeOptions Options = new() { Tier = 1, RestartWindow = TimeSpan.Zero };

    [Fact]
    public async Task I_see_a_policy_that_denies_enforced()
    {
        var kubectl = Staged().AnswersInstead("get --raw /apis/apps/v1/daemonsets", StandInKubectl.Output(CalicoNode));
        var denies = false;
        kubectl.AnswersInstead("create", call =>
        {
            denies |= call.StandardInput!.Contains("kind: NetworkPolicy", StringComparison.Ordinal);
            return StandInKubectl.Output("created");
        });
        kubectl.AnswersInstead("exec", _ => denies ? StandInKubectl.Error("command terminated with exit code 143") : StandInKubectl.Output("guarded"));

        var verdict = (await RunAsync(kubectl, Options with { Checks = ["network-policy"] })).Checks.Single();

        verdict.ShouldPass();
        verdict.Message.ShouldBe("calico-node keeps requests from the guarded pod");
        denies.ShouldBeTrue();
    }

    [Fact]
    public async Task I_get_no_policy_made_where_nothing_enforces_it()
    {
        var kubectl = Staged().AnswersInstead("get --raw /apis/apps/v1/daemonsets", StandInKubectl.Output("""{"items":[]}"""));

        var report = await RunAsync(kubectl, Options with { Checks = ["network-policy"] });

        report.Checks.Single().ShouldBeSkipped("no network plugin runs that is known to enforce policies");
        kubectl.Calls.ShouldNotContain(call => call.StartsWith("exec", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("external-names|answer\nend|", true)]
    [InlineData("end|", false)]
    public async Task I_see_whether_names_outside_of_the_cluster_resolve_on_each_node(string said, bool resolves)
    {
        var kubectl = Staged().AnswersInstead("exec", StandInKubectl.Output(said));

        var report = await RunAsync(kubectl, Options with { Checks = ["external-names"], Settings = new() { ExternalName = "www.example.org" } });

        var verdict = report.Checks.Single();
        if (resolves)
            verdict.ShouldPass();
        else
            verdict.ShouldBlame("k8s-n0", "www.example.org doesn't resolve in its pods");
        kubectl.Calls.ShouldContain(call => call.StartsWith("exec", StringComparison.Ordinal) && call.Contains("nslookup www.example.org", StringComparison.Ordinal));
    }

    [Fact]
    public async Task I_have_etcd_asked_in_its_pod_with_the_certificates_that_it_uses_itself()
    {
        var kubectl = StandInKubectl.Healthy().AnswersInstead("get --raw /api/v1/namespaces/kube-system/pods", StandInKubectl.Output(EtcdPod));
        kubectl.AnswersInstead("exec", call => StandInKubectl.Output(call.Arguments.Contains("member") ? Members : Statuses));

        var report = await RunAsync(kubectl, Options with { Tier = 0, Checks = ["etcd"] });

        report.Checks.Single().ShouldBlame(null, "the member etcd1 raises an alarm: memberID:7 alarm:NOSPACE");
        kubectl.Calls.ShouldContain(
            "exec --namespace kube-system etcd-m0 -- etcdctl --endpoints=https://127.0.0.1:2379 --cacert=/pki/etcd/ca.crt "
            + "--cert=/pki/etcd/server.crt --key=/pki/etcd/server.key member list -w json --dial-timeout=10s --command-timeout=10s");
    }

    private const string CalicoNode =
        """{"items":[{"metadata":{"name":"calico-node","namespace":"kube-system"},"spec":{"selector":{"matchLabels":{"k8s-app":"calico-node"}}},"status":{"desiredNumberScheduled":3,"numberAvailable":3}}]}""";

    // kubeadm's own etcd, as Kubespray's etcd_deployment_type: kubeadm leaves it.
    private const string EtcdPod = """
        {"items":[{"metadata":{"name":"etcd-m0","namespace":"kube-system","labels":{"component":"etcd"}},
          "spec":{"nodeName":"k8s-m0","containers":[{"name":"etcd","command":["etcd","--cert-file=/pki/etcd/server.crt","--key-file=/pki/etcd/server.key","--trusted-ca-file=/pki/etcd/ca.crt"]}]},
          "status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]} }]}
        """;

    private const string Members = """{"members":[{"ID":7,"name":"etcd1","clientURLs":["https://192.0.2.10:2379"]}]}""";

    private const string Statuses =
        """[{"Endpoint":"https://192.0.2.10:2379","Status":{"header":{"member_id":7},"leader":7,"errors":["memberID:7 alarm:NOSPACE"]}}]""";

    // One node's agent and the pod that a policy is to guard.
    private const string Pods = """
        {"items":[
          {"metadata":{"name":"agent-n0","namespace":"kubelab-smoke-x","labels":{"kubelab.dev/part":"agent"}},"spec":{"nodeName":"k8s-n0"},
           "status":{"phase":"Running","podIP":"10.233.65.2","conditions":[{"type":"Ready","status":"True"}]} },
          {"metadata":{"name":"guarded","namespace":"kubelab-smoke-x","labels":{"kubelab.dev/part":"guarded"}},"spec":{"nodeName":"k8s-n0"},
           "status":{"phase":"Running","podIP":"10.233.65.3","conditions":[{"type":"Ready","status":"True"}]} }]}
        """;

    private const string OneNode = """
        {"items":[{"metadata":{"name":"k8s-n0"},"status":{"addresses":[{"type":"InternalIP","address":"192.0.2.20"}],"conditions":[{"type":"Ready","status":"True"}]} }]}
        """;

    private static StandInKubectl Staged() => StandInKubectl.Healthy()
        .AnswersInstead("get --raw /api/v1/nodes", StandInKubectl.Output(OneNode))
        .AnswersInstead("get --raw /api/v1/namespaces?labelSelector", StandInKubectl.Output("""{"items":[]}"""))
        .AnswersInstead($"get --raw {Namespace}", call => StandInKubectl.Output(
            call.Arguments[^1].EndsWith("/pods", StringComparison.Ordinal) ? Pods : """{"items":[]}"""))
        .AnswersInstead("create", StandInKubectl.Output("created"))
        .AnswersInstead("apply", StandInKubectl.Output("created"))
        .AnswersInstead("delete --raw", StandInKubectl.Output("{}"));

    private static Task<SmokeReport> RunAsync(StandInKubectl kubectl, SmokeOptions options) =>
        new SmokeRunner(kubectl, Consoles.Silent(), TimeProvider.System).RunAsync(options, SmokeExpectations.None);
}
