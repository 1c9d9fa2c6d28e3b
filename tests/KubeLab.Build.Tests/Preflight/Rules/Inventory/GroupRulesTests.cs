using KubeLab.Preflight;

namespace KubeLab.Tests.Preflight;

/// <summary>Groups that are not what the playbooks ask for.</summary>
public class GroupRulesTests
{
    [Fact]
    public void I_am_told_of_groups_whose_names_are_near_Kubesprays()
    {
        using var cluster = new SampleCluster().Node("m0", "e", null)
            .Inventory("inventory.ini", "[kube_control_planes]\nm0\n[kube_nodes]\nm0\n[monitoring]\nm0\n")
            .Written("kube_control_planes", "m0").Written("kube_nodes", "m0").Written("etcd", "m0").Written("monitoring", "m0");

        cluster.Judge("group-names").Select(finding => finding.Message).ShouldBe(
        [
            "inventory/inventory.ini:1: the release knows no group kube_control_planes. Did you mean kube_control_plane?",
            "inventory/inventory.ini:3: the release knows no group kube_nodes. Did you mean kube_node?",
        ]);
    }

    [Theory]
    [InlineData("kube_master", "kube_control_plane")]
    [InlineData("masters", "kube_control_plane")]
    [InlineData("kube_workers", "kube_node")]
    [InlineData("k8s-nodes", "kube_node")]
    public void I_am_told_of_another_word_for_a_group_that_has_no_members(string written, string meant)
    {
        using var cluster = new SampleCluster().Node("m0", "e", null)
            .Inventory("inventory.ini", $"[{written}]\nm0\n").Written(written, "m0").Written("etcd", "m0");

        var finding = cluster.Judge("group-names").ShouldHaveSingleItem();

        finding.Status.ShouldBe(FindingStatus.Failed);
        finding.Message.ShouldBe($"inventory/inventory.ini:1: the release knows no group {written}. Did you mean {meant}?");
    }

    [Fact]
    public void I_may_group_machines_by_other_words_beside_Kubesprays()
    {
        using var cluster = new SampleCluster().Node("m0", "cew", null).Node("m1", "w", null)
            .Written("kube_control_plane", "m0").Written("kube_node", "m0", "m1").Written("etcd", "m0")
            .Written("masters", "m0", "m1").Written("workers", "m1").Written("kube_minions", "m1");

        cluster.Judge("group-names").ShouldHaveSingleItem().Status.ShouldBe(FindingStatus.Passed);
    }

    [Fact]
    public void I_may_name_a_part_of_a_group_after_it()
    {
        using var cluster = new SampleCluster().Node("m0", "cew", null)
            .Written("kube_control_plane", "m0").Written("kube_node", "m0").Written("kube_node1", "m0").Written("etcd", "m0");

        cluster.Judge("group-names").ShouldHaveSingleItem().Status.ShouldBe(FindingStatus.Passed);
    }

    [Theory]
    [InlineData("inventory.ini", "[etcd]\nkube_control_plane\n", "inventory/inventory.ini:1: etcd has a host kube_control_plane (line 2), which is the name of a group")]
    [InlineData("hosts.yml", "etcd:\n  hosts:\n    kube_control_plane:\n", "inventory.ini: all has a host kube_control_plane")]
    public void I_am_told_that_a_group_stands_among_the_hosts_of_another(string file, string inventory, string message)
    {
        using var cluster = new SampleCluster().Node("m0", "cw", null).Node("kube_control_plane", "e", null).Inventory(file, inventory);

        var finding = cluster.Judge("group-names").ShouldHaveSingleItem();

        finding.Message.ShouldStartWith(message);
        finding.Remedy!.ShouldContain(":children]");
        cluster.Judge("host-names").ShouldHaveSingleItem().Status.ShouldBe(FindingStatus.Passed);
    }

    [Fact]
    public void I_have_to_name_k8s_cluster_where_the_release_does_not_make_it()
    {
        using var cluster = new SampleCluster().Node("m0", "ce", null).Node("n0", "w", null)
            .File("roles/dynamic_groups/tasks/main.yml", SampleCluster.OldGroups);

        var finding = cluster.Judge("cluster-group").ShouldHaveSingleItem();

        finding.Status.ShouldBe(FindingStatus.Failed);
        finding.Message.ShouldContain("m0, n0 are not in k8s_cluster");
        finding.Remedy!.ShouldContain("[k8s_cluster:children]");
    }

    [Theory]
    [InlineData(SampleCluster.OldGroups, "k8s-cluster", FindingStatus.Passed)]
    [InlineData(SampleCluster.OldGroups, "k8s_cluster", FindingStatus.Passed)]
    [InlineData(SampleCluster.Groups, "k8s_cluster", FindingStatus.Passed)]
    [InlineData(SampleCluster.Groups, "k8s-cluster", FindingStatus.Failed)]
    public void I_am_stopped_where_the_release_no_longer_knows_the_old_name(string groups, string name, FindingStatus expected)
    {
        using var cluster = new SampleCluster().Node("m0", "ce", null).Node("n0", "w", null)
            .File("roles/dynamic_groups/tasks/main.yml", groups)
            .Inventory("inventory.ini", $"[kube-master]\nm0\n[etcd]\nm0\n[kube-node]\nn0\n[{name}:children]\nkube-master\nkube-node\n")
            .Written("kube-master", "m0").Written("kube-node", "n0").Written("etcd", "m0").Written(name, "m0", "n0");

        var finding = cluster.Judge("cluster-group").ShouldHaveSingleItem();

        finding.Status.ShouldBe(expected);
        if (expected == FindingStatus.Failed)
            finding.Message.ShouldStartWith("inventory/inventory.ini:1 kube-master, inventory/inventory.ini:5 kube-node, inventory/inventory.ini:7 k8s-cluster: ");
    }

    [Theory]
    [InlineData(SampleCluster.Asserts, FindingStatus.Failed)]
    [InlineData("---\n", FindingStatus.Passed)]
    public void I_need_a_worker_where_the_release_asserts_it(string asserts, FindingStatus expected)
    {
        using var cluster = new SampleCluster().Node("m0", "ce", null).File("roles/validate_inventory/tasks/main.yml", asserts);

        cluster.Judge("worker-group").ShouldHaveSingleItem().Status.ShouldBe(expected);
    }

    [Fact]
    public void I_am_told_that_two_members_of_etcd_have_one_name()
    {
        using var cluster = new SampleCluster()
            .Node("m0", "ce", null, ("etcd_member_name", "etcd1")).Node("m1", "ce", null, ("etcd_member_name", "etcd1")).Node("m2", "ce", null, ("etcd_member_name", "etcd3"))
            .Inventory("inventory.ini", "[etcd]\nm0 etcd_member_name=etcd1\nm1 etcd_member_name=etcd1\n");

        cluster.Judge("etcd-member-names").ShouldHaveSingleItem().Message.ShouldBe(
            "inventory/inventory.ini:2, inventory/inventory.ini:3: m0, m1 have the same etcd_member_name: etcd1");
    }
}
