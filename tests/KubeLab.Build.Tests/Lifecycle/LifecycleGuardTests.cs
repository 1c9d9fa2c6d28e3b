using KubeLab.Clusters;
using KubeLab.Distributions;
using KubeLab.Kubernetes;
using KubeLab.Lifecycle;
using KubeLab.Ssh;
using KubeLab.Tests.Clusters;
using KubeLab.Tests.Distributions;
using KubeLab.Tests.Machines;
using KubeLab.Tests.Preflight;
using KubeLab.Tests.Smoke;

namespace KubeLab.Tests.Lifecycle;

public class LifecycleGuardTests : IDisposable
{
    private readonly TemporaryDirectory tree = new();

    [Theory]
    [InlineData("1.32.8", "1.33.7")]
    [InlineData("1.33.5", "1.33.7")]
    [InlineData("1.33.7", "1.33.7")]
    public void I_can_upgrade_one_minor_version_at_a_time(string from, string to) =>
        Judge(from, to).ShouldBe(new UpgradePath(Version.Parse(from), Version.Parse(to)));

    [Theory]
    [InlineData("1.31.0", "1.33.7", "more than one minor version")]
    [InlineData("1.33.9", "1.33.7", "would be a step back")]
    [InlineData("1.32.8", "1.33.6", "has no Kubernetes 1.33.6")]
    [InlineData("1.30.1", "1.30.9", "installs Kubernetes 1.31.0 or newer")]
    public void I_am_refused_an_upgrade_before_anything_starts(string from, string to, string says) =>
        Should.Throw<UserError>(() => Judge(from, to)).Problem.ShouldContain(says);

    [Fact]
    public void I_am_told_which_kubelet_holds_an_upgrade_up()
    {
        var running = new Dictionary<string, Version> { ["the API server"] = new(1, 32, 8), ["the kubelet of k8s-n0"] = new(1, 31, 0) };

        Should.Throw<UserError>(() => UpgradePath.Judge(running, new Version(1, 33, 7), Offered(), "kubespray v2.29.1"))
            .Message.ShouldContain("From Kubernetes 1.31.0, which the kubelet of k8s-n0 runs");
    }

    [Fact]
    public void I_read_the_versions_that_a_cluster_runs()
    {
        const string nodes = """{"items": [{"metadata": {"name": "k8s-m0"}, "status": {"nodeInfo": {"kubeletVersion": "v1.27.10"}}}]}""";

        RunningVersions.Parse("""{"gitVersion": "v1.28.1-eks-123"}""", nodes)
            .ShouldBe(new Dictionary<string, Version> { ["the kubelet of k8s-m0"] = new(1, 27, 10), ["the API server"] = new(1, 28, 1) }, ignoreOrder: true);
        Should.Throw<UserError>(() => RunningVersions.Parse("{}", nodes));
        Should.Throw<UserError>(() => RunningVersions.Parse("""{"gitVersion": "none"}""", nodes));
        Should.Throw<UserError>(() => RunningVersions.Parse("not JSON", nodes));
    }

    [Fact]
    public async Task I_am_told_how_long_the_cluster_was_waited_for()
    {
        var silent = new StandInKubectl().Answers("get --raw /version", new KubectlResult("kubectl", -1, "", "", TimeSpan.FromSeconds(60)) { TimedOut = true });

        (await Should.ThrowAsync<UserError>(() => new RunningVersions(silent).ReadAsync())).Problem
            .ShouldBe("The cluster does not answer /version: no answer after 60 s");
    }

    [Theory]
    [InlineData("v2.27.0", "v1.31.4")]
    [InlineData("v2.28.0", "1.31.4")]
    public void A_version_is_written_as_the_release_writes_it(string tag, string written)
    {
        KubesprayTree.Write(tree, KubesprayRelease.All.Single(release => release.Tag == tag));

        KubernetesVersions.Read(tree.Path).Write(new Version(1, 31, 4)).ShouldBe(written);
    }

    [Theory]
    [InlineData(null, true, "on CI there is nobody to ask")]
    [InlineData(null, false, "nobody has confirmed")]
    [InlineData("other", false, "and other was confirmed")]
    public void I_cannot_reset_a_cluster_without_its_name(string? confirmed, bool isServer, string says) =>
        Should.Throw<UserError>(() => ResetConsent.Require(Sample.Cluster(tree), confirmed, isServer)).Problem.ShouldContain(says);

    [Fact]
    public void I_cannot_disturb_a_cluster_without_its_name() =>
        Should.Throw<UserError>(() => ResetConsent.Require(Sample.Cluster(tree), null, false, "SmokeTest --tier 2", "its nodes", "disturb")).Problem
            .ShouldStartWith("SmokeTest --tier 2 disturbs its nodes, and nobody has confirmed that");

    [Fact]
    public void I_can_reset_a_cluster_by_its_name() => Should.NotThrow(() => ResetConsent.Require(Sample.Cluster(tree), "mycluster", isServer: true));

    [Fact]
    public void I_can_recover_a_control_plane_whose_broken_nodes_are_named()
    {
        var recovery = Recovery(Inventories.With(
        [
            Nodes.Node("k8s-m1", ["kube_control_plane", "etcd"]), Nodes.Node("k8s-m3", ["kube_control_plane", "etcd"]),
            Nodes.Node("k8s-m0", ["broken_etcd", "broken_kube_control_plane"], ("etcd_member_name", "etcd1")),
        ]));

        recovery.Broken.ShouldBe(["k8s-m0"]);
        recovery.Working.ShouldBe(["k8s-m1", "k8s-m3"]);
        recovery.BrokenMembers.ShouldBe(["etcd1"]);
    }

    [Fact]
    public void I_am_told_what_keeps_a_control_plane_from_being_recovered()
    {
        Problem(Inventories.Of(3, 1)).ShouldContain("calls no node broken");
        Problem(Inventories.With([Nodes.Node("k8s-m0", ["kube_control_plane", "etcd", "broken_kube_control_plane"]), Nodes.Node("k8s-m1", ["kube_control_plane", "etcd"])]))
            .ShouldContain("k8s-m0 is broken and still in kube_control_plane");
        Problem(Inventories.With([Nodes.Node("k8s-m0", ["broken_etcd"]), Nodes.Node("k8s-m1", ["kube_control_plane", "etcd"])]))
            .ShouldContain("k8s-m0: without etcd_member_name");
        Problem(Inventories.With([Nodes.Node("k8s-m0", ["kube_control_plane", "broken_kube_control_plane"]), Nodes.Node("k8s-e0", ["etcd"])]))
            .ShouldContain("No node of kube_control_plane is left");

        static string Problem(Inventory inventory) => Should.Throw<UserError>(() => Recovery(inventory)).Problem;
    }

    // Seen with Ansible 2.11 and 2.14: "UNREACHABLE" of the node that works, as one of the items was.
    [Fact]
    public async Task I_am_shown_another_way_where_a_recovery_would_stop_at_a_machine_that_is_silent()
    {
        var inventory = Inventories.With(
        [
            Nodes.Node("k8s-m0", ["kube_control_plane", "etcd"]),
            Nodes.Node("k8s-m1", ["broken_etcd", "broken_kube_control_plane"], ("etcd_member_name", "etcd2")),
            Nodes.Node("k8s-m2", ["broken_etcd"], ("etcd_member_name", "etcd3")),
            Nodes.Node("k8s-m3", ["broken_kube_control_plane"]),
        ]);

        var error = await Should.ThrowAsync<UserError>(() => Recovery(inventory).RequireAnswersAsync(new Machines("k8s-m2"), inventory));

        error.Problem.ShouldStartWith("k8s-m1: no answer, and this release's playbook stops there.");
        error.Problem.ShouldContain("takes the silence of one for that of k8s-m0");
        error.Remedy!.ShouldContain("run ./build.sh RemoveNode --node k8s-m1 --node-is-gone (without that, if the machine answers); then ./build.sh Deploy");
        await Should.NotThrowAsync(() => Recovery(inventory).RequireAnswersAsync(new Machines("k8s-m1", "k8s-m2"), inventory));
    }

    public void Dispose() => tree.Dispose();

    private sealed class Machines(params string[] living) : INodeShell
    {
        public Task<NodeResult> RunAsync(Node node, NodeCommand command, CancellationToken cancellationToken = default) =>
            Task.FromResult(new NodeResult(0, "", "", TimeSpan.Zero, living.Contains(node.Name) ? null : new SshFailure(SshFailureReason.TimedOut, "no answer", "")));
    }

    private static ControlPlaneRecovery Recovery(Inventory inventory)
    {
        using var cluster = new SampleCluster();
        return ControlPlaneRecovery.Judge(inventory, new EtcdKind(cluster.Scene().Variables, cluster.Scene().Distribution));
    }

    private UpgradePath Judge(string from, string to) =>
        UpgradePath.Judge(new Dictionary<string, Version> { ["the API server"] = Version.Parse(from) }, Version.Parse(to), Offered(), "kubespray v2.29.1");

    private KubernetesVersions Offered()
    {
        KubesprayTree.Write(tree, KubesprayRelease.All.Single(release => release.Tag == "v2.29.1"));
        return KubernetesVersions.Read(tree.Path);
    }
}
