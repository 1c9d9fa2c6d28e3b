using KubeLab.Kubernetes;
using KubeLab.Smoke;

namespace KubeLab.Tests.Smoke;

public class WorkloadChecksTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    [Fact]
    public void I_see_a_pod_on_every_node_pass() => AgentOnEveryNodeCheck.Judge(Recorded.States(), Scenes.Scene(), Limit).ShouldPass();

    [Fact]
    public void I_am_told_of_an_image_that_cannot_be_pulled_and_of_the_node()
    {
        var scene = WithAgent("k8s-n1", pod => pod with
        {
            Conditions = [],
            Containers = [new("agent", "busybox:1.36", 0, "ImagePullBackOff", "Back-off pulling image \"busybox:1.36\"", false, null)],
        });

        AgentOnEveryNodeCheck.Judge(Recorded.States(), scene, Limit).ShouldBlame("k8s-n1", "the image busybox:1.36 can't be pulled: Back-off pulling image");
    }

    [Fact]
    public void I_am_told_of_a_node_that_got_no_pod() =>
        AgentOnEveryNodeCheck.Judge(Recorded.States(), Scenes.Scene([.. Scenes.Agents.Take(2)], ["k8s-n1"]), Limit).ShouldBlame("k8s-n1", "made no pod for it");

    [Fact]
    public void I_am_told_of_a_pod_that_waits_for_the_scheduler_by_the_node_it_is_meant_for()
    {
        var scene = WithAgent("k8s-n1", pod => pod with { Node = null, WantedNode = "k8s-n1", Conditions = [new("PodScheduled", "False", "Unschedulable", "0/3 nodes are available")] });

        AgentOnEveryNodeCheck.Judge(Recorded.States(), scene, Limit).ShouldBlame("k8s-n1", "can't be scheduled: 0/3 nodes are available");
    }

    [Fact]
    public void I_am_told_of_a_node_that_was_lost_meanwhile()
    {
        var scene = Scenes.Scene([.. Scenes.Agents.Take(2)], ["k8s-n1"]) with
        {
            Lost = new Dictionary<string, string>(StringComparer.Ordinal) { ["k8s-n1"] = "is not Ready (Unknown, NodeStatusUnknown): Kubelet stopped posting node status." },
        };

        AgentOnEveryNodeCheck.Judge(Recorded.States(), scene, Limit).ShouldBlame("k8s-n1", "the node was lost while its pod was to start");
    }

    [Fact]
    public void I_am_told_why_no_pod_was_made_at_all()
    {
        var scene = Scenes.Scene([], []) with { Pods = [], Events = [new("Warning", "DaemonSet/agent", "pods \"agent-\" is forbidden: exceeded quota")] };

        AgentOnEveryNodeCheck.Judge(Recorded.States(), scene, Limit).ShouldBlame(null, "exceeded quota");
    }

    [Fact]
    public void I_see_replicas_on_two_nodes_pass() => ReplicasCheck.Judge(Scenes.Scene(), 3, ["k8s-n0", "k8s-n1"]).ShouldPass();

    [Fact]
    public void I_am_told_of_replicas_that_are_all_on_one_node()
    {
        var scene = Scenes.Scene() with { Pods = [.. Enumerable.Range(1, 3).Select(number => Scenes.Pod($"web-{number}", "web", "k8s-n0"))] };

        ReplicasCheck.Judge(scene, 3, ["k8s-n0", "k8s-n1"]).ShouldBlame("k8s-n0", "has all 3 replicas");
        ReplicasCheck.Judge(scene, 3, ["k8s-n0"]).ShouldPass();
        ReplicasCheck.Judge(scene, 3, []).ShouldBeSkipped("see node-taints");
    }

    [Fact]
    public void I_do_not_blame_replicas_for_a_node_where_no_pod_starts()
    {
        var scene = Scenes.Scene([.. Scenes.Agents.Take(2)], ["k8s-n1"]) with
        {
            Pods = [Scenes.Pod("web-1", "web", "k8s-n0"), Scenes.Pod("web-2", "web", "k8s-n0"), Scenes.Pod("web-3", "web", "k8s-n1", ready: false)],
        };

        ReplicasCheck.Judge(scene, 3, ["k8s-n0", "k8s-n1"]).ShouldPass();
    }

    [Fact]
    public void I_am_told_of_replicas_that_were_never_made() =>
        ReplicasCheck.Judge(Scenes.Scene() with { Pods = [] }, 3, ["k8s-n0"]).ShouldBlame(null, "the Deployment made 0 of 3 pods");

    [Fact]
    public void I_am_told_of_requests_that_an_update_loses()
    {
        const string before = "first answered 2 3103 1 29 0 0 2 6 first\nbefore answered 2 212 40 0 0 0 390 6 first\nbefore wrong 0\n";
        string Meanwhile(string told, int wrong = 0) => $"{before}meanwhile {told}\nmeanwhile wrong {wrong}\n";

        // Late is no failure.
        var late = RollingUpdateCheck.Judge(true, true, Meanwhile("answered 2 2301 131 0 0 0 1212 6 first"), "space", "k8s-n0");
        late.ShouldPass();
        late.Message.ShouldBe("all 131 requests were answered, the latest after 12.1 s meanwhile; "
            + "without an update, all 40 requests were answered, the latest after 3.9 s");
        RollingUpdateCheck.Judge(true, true, Meanwhile("answered 2 2301 129 2 0 0 3 6 first"), "space", "k8s-n0")
            .ShouldBlame(null, "2 of 131 requests were lost: 2 requests were refused from k8s-n0 while");
        RollingUpdateCheck.Judge(true, true, Meanwhile("answered 2 8301 129 0 1 1 3003 6 first"), "space", "k8s-n0").ShouldBlame(
            null, "2 of 131 requests were lost: 1 request had no answer in time (the longest waited 30.0 s), 1 request was answered with an error from k8s-n0");
        RollingUpdateCheck.Judge(true, true, Meanwhile("answered 2 2301 131 0 0 0 3 6 first", wrong: 3), "space", "k8s-n0")
            .ShouldBlame(null, "3 of 131 requests got the answer of neither version");
        RollingUpdateCheck.Judge(true, true, "", "space", "k8s-n0").ShouldBlame(null, "no request came back");
        RollingUpdateCheck.Judge(false, false, "", "space", "k8s-n0").ShouldBlame(null, "the update wasn't rolled out");
        RollingUpdateCheck.Judge(true, false, Meanwhile("answered 2 2 1 0 0 0 2 6 first"), "space", "k8s-n0").ShouldBlame(null, "the rollback wasn't");
    }

    [Fact]
    public void I_have_an_update_held_against_requests_without_one()
    {
        string Load(string before, string meanwhile) => $"before {before}\nbefore wrong 0\nmeanwhile {meanwhile}\nmeanwhile wrong 0\n";
        const string well = "answered 2 2301 131 0 0 0 3 6 first";

        // What the Service loses by itself is not the update's.
        RollingUpdateCheck.Judge(true, true, Load("answered 2 6012 38 2 0 0 3 6 first", well), "space", "k8s-n0")
            .ShouldBlame(null, "already without an update 2 of 40 requests were lost: 2 requests were refused");
        RollingUpdateCheck.Judge(true, true, Load("answered 2 6012 9 0 1 0 3001 6 first", "answered 2 9301 31 0 2 0 3002 6 first"), "space", "k8s-n0")
            .ShouldBeSkipped("already without an update 1 of 10 requests were lost: 1 request had no answer in time");
    }

    [Fact]
    public void I_am_told_of_requests_that_came_to_nothing_before_an_update()
    {
        KubectlResult Load(string output, int code = 0, string error = "") => new("kubectl exec", code, output, error, TimeSpan.FromSeconds(91));

        RollingUpdateCheck.NotBegun(Load("first refused 0 9043 0 88 0 0 3 0 wget: can't connect to remote host (10.233.10.244): Connection refused\n"), "space", "k8s-n0")
            .ShouldBlame(null, "the Service rollout doesn't answer k8s-n0, before any update: within 90.4 s 88 requests were refused");
        RollingUpdateCheck.NotBegun(Load("", 1, "error: unable to upgrade connection: container not found"), "space", "k8s-n0").ShouldBeSkipped("no requests can be sent from k8s-n0");
        RollingUpdateCheck.NotBegun(Load("first answered 2 2 1 0 0 0 2 6 first\n"), "space", "k8s-n0").ShouldBeSkipped("had no end on k8s-n0 within 200 s");
    }

    [Fact]
    public void I_am_told_of_an_account_that_may_read_what_it_should_not()
    {
        KubectlResult Answer(int code, string error) => new("kubectl", code, "{}", error, TimeSpan.Zero);
        var refused = Answer(1, "Error from server (Forbidden): secrets is forbidden: User \"system:serviceaccount:s:unprivileged\" cannot list resource \"secrets\"");

        AccessControlCheck.Judge("a", [("/secrets", refused)]).ShouldPass();
        AccessControlCheck.Judge("a", [("/secrets", refused), ("/nodes", Answer(0, ""))]).ShouldBlame(null, "may read /nodes without any right");
        AccessControlCheck.Judge("a", [("/nodes", Answer(1, "Unable to connect to the server: EOF"))]).ShouldBlame(null, "not refused with 403");
        AccessControlCheck.Judge("a", [("/nodes", Answer(1, "Error from server (Forbidden): serviceaccounts \"unprivileged\" is forbidden: User \"viewer\" cannot impersonate resource"))])
            .ShouldBeSkipped("may not act as another account");
    }

    [Fact]
    public void I_am_told_of_a_policy_that_is_not_enforced()
    {
        var pod = Scenes.Pod("guarded", "guarded", "k8s-n0");

        NetworkPoliciesCheck.Judge("calico-node", pod, openBefore: true, closedAfter: true).ShouldPass();
        NetworkPoliciesCheck.Judge("calico-node", pod, openBefore: true, closedAfter: false).ShouldBlame("k8s-n0", "calico-node doesn't enforce it");
        NetworkPoliciesCheck.Judge("calico-node", pod, openBefore: false, closedAfter: false).ShouldBeSkipped("see pod-network");
    }

    [Theory]
    [InlineData("calico-node", true)]
    [InlineData("cilium", true)]
    [InlineData("kube-flannel-ds", false)]
    [InlineData("kube-proxy", false)]
    public void I_have_policies_looked_at_only_where_the_plugin_enforces_them(string daemonSet, bool enforced)
    {
        KubeWorkload set = new("daemonset", daemonSet, "kube-system", new Dictionary<string, string>(StringComparer.Ordinal), 3, 3, 3, true);

        (NetworkPoliciesCheck.Enforcer([set]) is not null).ShouldBe(enforced);
    }

    [Fact]
    public void I_am_told_what_a_volume_waits_for()
    {
        KubeStorageClass used = new("local", true);
        var writer = Scenes.Pod("volume-writer", "volume-writer", "k8s-n0") with { Phase = "Succeeded" };
        var reader = Scenes.Pod("volume-reader", "volume-reader", "k8s-n1") with { Phase = "Succeeded" };
        KubeEvent unbound = new("Warning", "PersistentVolumeClaim/data", "no space left in pool");

        StorageCheck.Judge(used, writer, reader, "token\n", "token", []).ShouldPass();
        StorageCheck.Judge(used, writer, reader, "", "token", []).ShouldBlame("k8s-n1", "came back without what was written");
        StorageCheck.Judge(used, writer with { Phase = "Pending", Node = null, Conditions = [] }, null, null, "token", [unbound]).ShouldBlame(null, "no space left in pool");
        StorageCheck.Judge(used, writer, null, null, "token", []).ShouldBlame(null, "could not be read again");
    }

    [Fact]
    public void I_am_told_of_a_namespace_that_stays()
    {
        NamespaceRemovedCheck.Judge("ns", null, Limit, []).ShouldPass();
        NamespaceRemovedCheck.Judge("ns", "a finalizer", Limit, []).ShouldBlame(null, "still there after 90 s: a finalizer");
        NamespaceRemovedCheck.Judge("ns", "pods", Limit, ["k8s-n1"]).ShouldBeSkipped("waits for the kubelet of k8s-n1");
    }

    private static NamespaceSnapshot WithAgent(string node, Func<KubePod, KubePod> change)
    {
        var scene = Scenes.Scene();
        return scene with { Pods = [.. scene.Pods.Select(pod => pod.Node == node && pod.Name.StartsWith("agent", StringComparison.Ordinal) ? change(pod) : pod)] };
    }
}
