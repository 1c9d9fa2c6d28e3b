using CsCheck;
using KubeLab.Kubernetes;
using KubeLab.Lifecycle;
using KubeLab.Tests.Smoke;

namespace KubeLab.Tests.Lifecycle;

/// <summary>What a cluster says for the plan of its upgrade, and what is said of what it doesn't.</summary>
public class LivingClusterTests
{
    private const string Metrics = """
        # TYPE apiserver_requested_deprecated_apis gauge
        apiserver_requested_deprecated_apis{group="policy",removed_release="1.25",resource="podsecuritypolicies",subresource="",version="v1beta1"} 1
        apiserver_requested_deprecated_apis{group="",removed_release="",resource="componentstatuses",subresource="",version="v1"} 1
        apiserver_requested_deprecated_apis{group="batch",removed_release="1.25",resource="cronjobs",subresource="status",version="v1beta1"} 0
        apiserver_request_total{code="200",resource="pods"} 12
        process_start_time_seconds 1.76e+09

        """;

    private const string Nodes = """
        {"items": [
          {"metadata": {"name": "k8s-m0"}, "status": {"nodeInfo": {"kubeletVersion": "v1.24.6", "osImage": "Debian GNU/Linux 11 (bullseye)"}}},
          {"metadata": {"name": "k8s-n0"}, "status": {"nodeInfo": {"kubeletVersion": "v1.23.7", "osImage": "Ubuntu 20.04.6 LTS"}}}]}
        """;

    private const string Servers = """
        {"items": [
          {"metadata": {"labels": {"component": "kube-apiserver"}, "annotations": {"kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint": "192.0.2.10:6443"}}, "spec": {"nodeName": "k8s-m0"}},
          {"metadata": {"labels": {"component": "kube-apiserver"}}, "spec": {"nodeName": "k8s-m1"}, "status": {"hostIP": "192.0.2.11"}},
          {"metadata": {"labels": {"component": "etcd"}}, "spec": {"nodeName": "k8s-m0"}}]}
        """;

    [Fact]
    public async Task I_hear_of_versions_systems_workloads_and_of_what_each_API_server_was_asked_for()
    {
        var kubectl = Kubectl()
            .AnswersInstead("--server https://192.0.2.10:6443 get --raw /metrics", _ => StandInKubectl.Output(Metrics))
            .AnswersInstead("--server https://192.0.2.11:6443 get --raw /metrics", _ => StandInKubectl.Output(Metrics.Replace("podsecuritypolicies", "poddisruptionbudgets", StringComparison.Ordinal)));

        var cluster = await LivingCluster.AskAsync(kubectl, _ => Etcd(("k8s-m0", "3.5.26"), ("k8s-m1", "3.5.6")));

        cluster.Lowest.ShouldBe(new Version(1, 23, 7));
        cluster.Etcd.ShouldBe(new Version(3, 5, 6));
        cluster.Systems["k8s-n0"].ShouldBe("Ubuntu 20.04.6 LTS");
        cluster.Workloads.Select(each => $"{each}").ShouldBe(["daemonset kube-system/weave-net", "deployment kubernetes-dashboard/kubernetes-dashboard"]);
        cluster.Requests.Select(server => $"{server.Server} {server.Apis[0].Resource} of {server.Apis[0].Version}, gone in {server.Apis[0].Removed}, since {server.Since:yyyy-MM-dd}")
            .ShouldBe(["k8s-m0 podsecuritypolicies of policy/v1beta1, gone in 1.25, since 2025-10-09", "k8s-m1 poddisruptionbudgets of policy/v1beta1, gone in 1.25, since 2025-10-09"]);
        cluster.Requests[0].Apis.Select(api => $"{api.Version} {api.Resource} {api.Removed}").ShouldBe(["policy/v1beta1 podsecuritypolicies 1.25", "v1 componentstatuses "]);
        cluster.Unknown.ShouldBeEmpty();
    }

    [Fact]
    public async Task I_am_told_what_a_kubeconfig_that_may_only_read_leaves_unknown()
    {
        const string forbidden = "Error from server (Forbidden): forbidden: User \"viewer\" cannot get path \"/metrics\"";
        var kubectl = Kubectl()
            .AnswersInstead("--server", _ => StandInKubectl.Error(forbidden))
            .AnswersInstead("get --raw /apis/apps/v1/daemonsets", _ => StandInKubectl.Error(forbidden));

        var cluster = await LivingCluster.AskAsync(kubectl, null);

        cluster.Lowest.ShouldBe(new Version(1, 23, 7));
        cluster.Unknown.Select(each => each.What).ShouldBe([
            "what the releases have made in the cluster", "which deprecated APIs are asked for of k8s-m0", "which deprecated APIs are asked for of k8s-m1", "which etcd runs",
        ]);
        cluster.Unknown[1].Remedy.ShouldContain("system:monitoring");
    }

    [Theory]
    [InlineData("The connection to the server 192.0.2.10:6443 was refused - did you specify the right host or port?")]
    [InlineData("error: You must be logged in to the server (Unauthorized)")]
    [InlineData("Unable to connect to the server: x509: certificate has expired or is not yet valid")]
    public async Task I_am_told_once_that_a_cluster_does_not_answer(string says)
    {
        var kubectl = new StandInKubectl().Answers("", StandInKubectl.Error(says));

        var cluster = await LivingCluster.AskAsync(kubectl, _ => throw new InvalidOperationException("nobody is asked any more"));

        var (_, why, remedy) = cluster.Unknown.ShouldHaveSingleItem();
        why.ShouldContain(says);
        remedy.ShouldNotBeEmpty();
        cluster.Lowest.ShouldBeNull();
        kubectl.Calls.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>login</html>\n")]
    [InlineData("apiserver_requested_deprecated_apis{group=\"policy\"} 1\n")]
    [InlineData("go_goroutines 1\napiserver_request_total{} 1")]
    public void Metrics_that_did_not_come_whole_say_nothing(string metrics) => DeprecatedRequests.Read("k8s-m0", metrics).ShouldBeNull();

    [Fact]
    public void Damaged_metrics_break_nothing() => Gen.Select(Gen.Int[0, Metrics.Length], Gen.Int[0, Metrics.Length], Gen.String[0, 20]).Sample(
        (one, other, said) => _ = DeprecatedRequests.Read("k8s-m0", Metrics[..Math.Min(one, other)] + said + Metrics[Math.Max(one, other)..]), iter: 2_000);

    private static StandInKubectl Kubectl() => new StandInKubectl()
        .Answers("get --raw /version", StandInKubectl.Output("""{"gitVersion": "v1.24.6"}"""))
        .Answers("get --raw /api/v1/nodes", StandInKubectl.Output(Nodes))
        .Answers("get --raw /api/v1/namespaces/kube-system/pods", StandInKubectl.Output(Servers))
        .Answers("get --raw /apis/apps/v1/daemonsets", StandInKubectl.Output("""{"items": [{"metadata": {"name": "weave-net", "namespace": "kube-system"}}]}"""))
        .Answers("get --raw /apis/apps/v1/deployments", StandInKubectl.Output("""{"items": [{"metadata": {"name": "kubernetes-dashboard", "namespace": "kubernetes-dashboard"}}]}"""));

    private static Task<IReadOnlyDictionary<string, Version>> Etcd(params (string Node, string Version)[] members) =>
        Task.FromResult<IReadOnlyDictionary<string, Version>>(members.ToDictionary(each => each.Node, each => Version.Parse(each.Version)));
}
