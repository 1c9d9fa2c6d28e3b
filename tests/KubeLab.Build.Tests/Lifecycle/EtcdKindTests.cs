using KubeLab.Clusters;
using KubeLab.Lifecycle;
using KubeLab.Tests.Machines;
using KubeLab.Tests.Preflight;

namespace KubeLab.Tests.Lifecycle;

/// <summary>A kind of etcd that a playbook can't serve is refused by name, and all others are served.</summary>
public class EtcdKindTests
{
    private const string Removal = "roles/remove-node/remove-etcd-node/tasks/main.yml";

    [Theory]
    [InlineData("etcd_deployment_type", "kubeadm", "etcd_deployment_type is kubeadm, and the playbook only recovers an etcd that Kubespray runs itself")]
    [InlineData("etcd_kubeadm_enabled", true, "etcd_kubeadm_enabled is set, and the playbook only recovers")]
    [InlineData("etcd_events_cluster_enabled", true, "etcd_events_cluster_enabled is set, and the playbook leaves the etcd of events as it is")]
    [InlineData("etcd_deployment_type", "{{ wanted_type }}", "how etcd is run can't be told, as etcd_deployment_type has no value")]
    public void I_am_told_which_kinds_of_etcd_the_playbook_cannot_recover(string name, object value, string problem)
    {
        using var cluster = Cluster(name, value);

        Should.Throw<UserError>(() => Kind(cluster).RequireRecoverable()).Problem.ShouldContain(problem);
    }

    [Theory]
    [InlineData("etcd_deployment_type", "host")]
    [InlineData("etcd_deployment_type", "docker")]
    [InlineData("etcd_events_cluster_enabled", false)]
    public void I_can_do_all_of_it_with_an_etcd_that_Kubespray_runs_itself(string name, object value)
    {
        using var cluster = Cluster(name, value);
        var kind = Kind(cluster);

        Should.NotThrow(kind.RequireRecoverable);
        Should.NotThrow(() => kind.RequireRemovable([Member("k8s-m1")]));
        kind.LeftByUpgrade(new Version(3, 6, 10)).ShouldBeNull();
        kind.IsKubeadms.ShouldBeFalse();
    }

    [Fact]
    public void A_switch_that_the_release_no_longer_reads_says_nothing()
    {
        using var cluster = new SampleCluster().Node("k8s-m0", "ce", null, ("etcd_kubeadm_enabled", true));

        Kind(cluster).IsKubeadms.ShouldBeFalse();
    }

    [Fact]
    public void I_can_remove_a_member_of_kubeadms_etcd_where_the_release_knows_it_and_the_inventory_names_it()
    {
        using var cluster = Cluster("etcd_deployment_type", "kubeadm").File(Removal, "---\n- name: Remove\n  vars:\n    kind: kubeadm\n");
        var kind = Kind(cluster);

        Should.NotThrow(() => kind.RequireRemovable([Member("k8s-m1"), Nodes.Node("k8s-n0", ["kube_node"])]));
        Should.Throw<UserError>(() => kind.RequireRemovable([Nodes.Node("k8s-m1", ["kube_control_plane"])])).Problem
            .ShouldContain("k8s-m1 is not in the group etcd, by which the playbook knows members");
    }

    [Fact]
    public void I_am_told_that_a_release_leaves_a_member_of_kubeadms_etcd_behind()
    {
        using var cluster = Cluster("etcd_kubeadm_enabled", true).File(Removal, "---\n- name: Remove\n");
        var kind = Kind(cluster);

        Should.NotThrow(() => kind.RequireRemovable([Nodes.Node("k8s-n0", ["kube_node"])]));
        Should.Throw<UserError>(() => kind.RequireRemovable([Member("k8s-m1")])).Message
            .ShouldContain("k8s-m1 would stay in it.\nGo to a release that does (v2.19 or later)");
    }

    [Fact]
    public void I_am_told_that_a_member_would_stay_in_the_etcd_of_events()
    {
        using var cluster = Cluster("etcd_events_cluster_enabled", true);
        var kind = Kind(cluster);

        Should.NotThrow(() => kind.RequireRemovable([Nodes.Node("k8s-n0", ["kube_node"])]));
        Should.Throw<UserError>(() => kind.RequireRemovable([Member("k8s-m1")])).Problem
            .ShouldContain("the playbook doesn't take k8s-m1 out of the etcd of events");
    }

    [Fact]
    public void I_am_told_what_an_upgrade_leaves_of_the_etcd_of_events()
    {
        using var old = Cluster("etcd_events_cluster_enabled", true).File("upgrade-cluster.yml", "---\n- hosts: etcd\n  vars:\n    etcd_events_cluster_setup: false\n");
        Kind(old).LeftByUpgrade(null)!.ShouldContain("upgrades etcd but not the one for events");

        using var today = Cluster("etcd_events_cluster_enabled", true)
            .File("playbooks/upgrade_cluster.yml", "---\n- hosts: etcd\n  vars:\n    etcd_events_cluster_setup: \"{{ etcd_events_cluster_enabled }}\"\n")
            .File("roles/etcd/tasks/clean_v2_store.yml", "---\n- when:\n    - etcd_current_version is version('3.5.26', '<')\n");
        Kind(today).LeftByUpgrade(new Version(3, 5, 29)).ShouldBeNull();
        Kind(today).LeftByUpgrade(new Version(3, 6, 10))!.ShouldContain("(roles/etcd/tasks/clean_v2_store.yml:3): have a snapshot of the one for events");
    }

    private static SampleCluster Cluster(string name, object value) =>
        new SampleCluster().Node("k8s-m0", "ce", null, (name, value)).File("roles/kubernetes/node/defaults/main.yml", "---\netcd_kubeadm_enabled: false\n");

    private static EtcdKind Kind(SampleCluster cluster) => new(cluster.Scene().Variables, cluster.Scene().Distribution);

    private static Node Member(string name) => Nodes.Node(name, ["kube_control_plane", "etcd"]);
}
