using KubeLab.Kubernetes;
using KubeLab.Smoke;

namespace KubeLab.Tests.Smoke;

public class NodeChecksTests
{
    private static readonly IReadOnlyList<ExpectedNode> Inventory =
    [
        new("k8s-m0", IsControlPlane: true, IsEtcdMember: true, "10.86.0.10"),
        new("k8s-n0", IsControlPlane: false, IsEtcdMember: false, "10.86.0.20"),
        new("k8s-n1", IsControlPlane: false, IsEtcdMember: false, "10.86.0.21"),
    ];

    [Fact]
    public void I_see_a_healthy_cluster_pass()
    {
        NodeSetCheck.Judge(Inventory, Recorded.Nodes()).ShouldPass();
        NodesReadyCheck.Judge(Recorded.States()).ShouldPass();
        NodeTaintsCheck.Judge(Recorded.Nodes(), []).ShouldPass();
        ClockOrderCheck.Judge(Recorded.Leases()).ShouldPass();
        VersionAsConfiguredCheck.Judge("v1.20.2", "v1.20.2", Recorded.Nodes()).ShouldPass();
    }

    [Fact]
    public void I_am_told_of_a_node_that_never_joined()
    {
        var expected = Inventory.Append(new ExpectedNode("k8s-n2", false, false, "10.86.0.22")).ToList();

        NodeSetCheck.Judge(expected, Recorded.Nodes()).ShouldBlame("k8s-n2", "never joined");
    }

    [Fact]
    public void I_am_told_of_a_node_that_is_not_in_the_inventory() =>
        NodeSetCheck.Judge([.. Inventory.SkipLast(1)], Recorded.Nodes()).ShouldBlame("k8s-n1", "not in the inventory");

    [Fact]
    public void I_am_told_of_a_node_with_another_role()
    {
        IReadOnlyList<ExpectedNode> expected = [.. Inventory.Take(2), Inventory[2] with { IsControlPlane = true }];

        NodeSetCheck.Judge(expected, Recorded.Nodes()).ShouldBlame("k8s-n1", "the cluster has it as a worker");
    }

    [Fact]
    public void I_am_told_of_a_node_with_another_address()
    {
        IReadOnlyList<ExpectedNode> expected = [.. Inventory.Take(2), Inventory[2] with { Address = "10.86.0.99" }];

        NodeSetCheck.Judge(expected, Recorded.Nodes()).ShouldBlame("k8s-n1", "has the address 10.86.0.21, in the inventory 10.86.0.99");
    }

    [Fact]
    public void I_may_leave_addresses_unknown_and_list_machines_that_run_etcd_alone()
    {
        IReadOnlyList<ExpectedNode> expected =
        [
            .. Inventory.Select(node => node with { Address = null }),
            new("etcd-0", IsControlPlane: false, IsEtcdMember: true, null, JoinsCluster: false),
        ];

        NodeSetCheck.Judge(expected, Recorded.Nodes()).ShouldPass();
    }

    [Fact]
    public void I_am_told_that_a_name_in_capitals_is_the_same_node() =>
        NodeSetCheck.Judge([.. Inventory.Select(node => node with { Name = node.Name.ToUpperInvariant() })], Recorded.Nodes()).ShouldPass();

    [Fact]
    public void I_am_told_of_a_node_whose_kubelet_stopped()
    {
        var states = Recorded.States("nodes-kubelet-stopped", "node-leases-kubelet-stopped");

        NodesReadyCheck.Judge(states).ShouldBlame("k8s-n1", "is not Ready (Unknown, NodeStatusUnknown)");
        states.Usable.ShouldBe(["k8s-m0", "k8s-n0"]);
    }

    [Fact]
    public void I_am_told_of_a_silent_kubelet_before_the_cluster_calls_the_node_unknown()
    {
        var states = NodeStates.Judge(Recorded.Nodes(), Recorded.Leases("node-leases-kubelet-stopped"), []);

        NodesReadyCheck.Judge(states).ShouldBlame("k8s-n1", "gives no sign of life: its kubelet renewed its lease 183 s before the newest lease");
    }

    [Fact]
    public void I_do_not_take_a_lagging_clock_for_a_silent_kubelet()
    {
        var now = DateTimeOffset.Parse("2026-11-22T18:00:00Z");
        IReadOnlyList<KubeLease> leases =
        [
            new("k8s-m0", now, 100),
            new("k8s-n0", now.AddSeconds(2), 101),
            new("k8s-n1", now.AddMinutes(-10), 102),
        ];

        NodesReadyCheck.Judge(NodeStates.Judge(Recorded.Nodes(), leases, [])).ShouldPass();
        ClockOrderCheck.Judge(leases).ShouldBlame("k8s-n1", "its clock is at least 602 s behind that of k8s-n0");
    }

    [Fact]
    public void I_am_told_of_a_clock_that_runs_ahead()
    {
        var now = DateTimeOffset.Parse("2026-11-22T18:00:00Z");

        ClockOrderCheck.Judge([new("a", now.AddSeconds(60), 1), new("b", now, 2), new("c", now.AddSeconds(3), 3)])
            .ShouldBlame("a", "at least 60 s ahead of that of b");
    }

    [Fact]
    public void I_am_told_of_a_node_short_of_disk()
    {
        var nodes = Recorded.Nodes().Select(node => node.Name == "k8s-n0"
            ? node with { Conditions = [.. node.Conditions.Select(c => c.Type == "DiskPressure" ? c with { Status = "True", Reason = "KubeletHasDiskPressure", Message = "kubelet has disk pressure" } : c)] }
            : node).ToList();

        NodesReadyCheck.Judge(NodeStates.Judge(nodes, [], [])).ShouldBlame("k8s-n0", "has DiskPressure (KubeletHasDiskPressure)");
    }

    [Fact]
    public void I_am_told_of_a_node_that_never_reported()
    {
        var nodes = Recorded.Nodes().Select(node => node.Name == "k8s-n0" ? node with { Conditions = [] } : node).ToList();

        NodesReadyCheck.Judge(NodeStates.Judge(nodes, [], [])).ShouldBlame("k8s-n0", "never reported");
    }

    [Fact]
    public void I_am_told_of_a_cluster_without_nodes() => NodesReadyCheck.Judge(NodeStates.Judge([], [], [])).ShouldBlame(null, "no node");

    [Fact]
    public void I_am_told_of_a_tainted_node_and_how_to_allow_it()
    {
        var nodes = Recorded.Nodes("nodes-tainted");

        NodeTaintsCheck.Judge(nodes, []).ShouldBlame("k8s-n1", "has the taint dedicated=tests:NoSchedule");
        NodeTaintsCheck.Judge(nodes, ["dedicated"]).ShouldPass();
    }

    [Fact]
    public void Nodes_that_are_not_ready_are_meant_to_take_pods_all_the_same()
    {
        KubeTaint[] notReady = [new("node.kubernetes.io/not-ready", "", "NoSchedule")];
        IReadOnlyList<KubeNode> nodes = [.. Recorded.Nodes().Select(node => node with { Taints = [.. node.Taints, .. notReady] })];

        var verdict = NodeTaintsCheck.Judge(nodes, []);

        verdict.ShouldPass();
        verdict.Message.ShouldStartWith("2 of 3 nodes are to take pods without tolerations");
        verdict.Message.ShouldContain("k8s-n0, k8s-n1 can't as long as nodes-ready finds something");
    }

    [Fact]
    public void I_am_told_of_a_cordoned_node() =>
        NodeTaintsCheck.Judge(Recorded.Nodes("nodes-cordoned"), []).ShouldBlame("k8s-n0", "kubectl uncordon k8s-n0");

    [Fact]
    public void I_am_told_of_a_control_plane_taint_on_a_worker()
    {
        var worker = Recorded.Nodes().Single(node => node.Name == "k8s-n1") with { Taints = [new("node-role.kubernetes.io/master", "", "NoSchedule")] };

        NodeTaintsCheck.Judge([worker], []).ShouldBlame("k8s-n1", "node-role.kubernetes.io/master:NoSchedule");
    }

    [Fact]
    public void I_read_the_role_by_the_new_label_and_by_the_old_one()
    {
        var labels = (string label) => new KubeNode { Name = "n", Labels = new Dictionary<string, string>(StringComparer.Ordinal) { [label] = "" } };

        labels("node-role.kubernetes.io/control-plane").IsControlPlane.ShouldBeTrue();
        labels("node-role.kubernetes.io/master").IsControlPlane.ShouldBeTrue();
        labels("node-role.kubernetes.io/worker").IsControlPlane.ShouldBeFalse();
    }

    [Theory]
    [InlineData("v1.30.4", "v1.30.4")]
    [InlineData("1.32.8", "v1.32.8")]
    [InlineData("v1.30.4", "v1.30.4+k3s1")]
    public void I_may_write_a_version_with_or_without_its_letter(string expected, string actual) =>
        VersionAsConfiguredCheck.Judge(expected, actual, []).ShouldPass();

    [Fact]
    public void I_am_told_of_a_wrong_version_of_the_server_and_of_each_kubelet()
    {
        VersionAsConfiguredCheck.Judge("v1.21.0", "v1.20.2", []).ShouldBlame(null, "the API server has version v1.20.2, configured is v1.21.0");
        var nodes = Recorded.Nodes().Select(node => node.Name == "k8s-n1" ? node with { KubeletVersion = "v1.19.7" } : node).ToList();
        VersionAsConfiguredCheck.Judge("v1.20.2", "v1.20.2", nodes).ShouldBlame("k8s-n1", "its kubelet has version v1.19.7");
    }

    [Fact]
    public void I_have_no_version_compared_that_is_not_configured() =>
        VersionAsConfiguredCheck.Judge(null, "v1.20.2", Recorded.Nodes()).ShouldBeSkipped("no version is configured");
}
