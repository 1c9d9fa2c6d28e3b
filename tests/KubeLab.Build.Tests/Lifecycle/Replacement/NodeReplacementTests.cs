using KubeLab.Clusters;
using KubeLab.Lifecycle;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Lifecycle.Replacement;

public class NodeReplacementTests
{
    private static readonly Node Spare = Nodes.Node("k8s-m3", ["all", "ungrouped"], ("ansible_host", "192.0.2.13"));

    private static readonly Dictionary<string, string> Members = new() { ["k8s-m0"] = "etcd1", ["k8s-m1"] = "etcd2", ["k8s-m2"] = "etcd3" };

    [Theory]
    [InlineData(3, "", null, "No node is named that is to be replaced")]
    [InlineData(3, "k8s-m0,k8s-m1", null, "one at a time")]
    [InlineData(3, "k8s-n7", null, "k8s-n7 is no node of this inventory. Did you mean k8s-n0?")]
    [InlineData(3, "k8s-m3", null, "k8s-m3 is no node of this inventory")]
    [InlineData(1, "k8s-m0", null, "k8s-m0 is the only control plane")]
    [InlineData(1, "k8s-m0", "k8s-m3", "k8s-m0 is the only control plane")]
    [InlineData(3, "k8s-m0", "k8s-m0", "k8s-m0 can't take its own place under its own name")]
    [InlineData(3, "k8s-m0", "k8s-n1", "k8s-n1 has a role in this cluster already (kube_node)")]
    [InlineData(3, "k8s-m0", "k8s-m9", "k8s-m9 is no machine of this inventory, and no address. Did you mean k8s-m3?")]
    [InlineData(3, "k8s-m0", "192.0.2.99", "k8s-m0 is a member of etcd, and another machine can't take its name")]
    [InlineData(3, "k8s-n0", "192.0.2.13", "192.0.2.13 is the address of k8s-m3")]
    [InlineData(3, "k8s-n0", "", " is no machine of this inventory")]
    public void I_am_refused_what_can_not_be_replaced_or_not_by_that(int controlPlanes, string names, string? by, string says)
    {
        var error = Should.Throw<UserError>(() => Judge(controlPlanes, names, by));

        error.Problem.ShouldContain(says);
        error.Remedy!.ShouldEndWith("Nothing was changed.");
    }

    [Fact]
    public void The_first_control_plane_goes_to_the_end_before_it_leaves_and_the_number_of_members_stays_odd()
    {
        var judged = Judge(3, "k8s-m0", "k8s-m3") with { Members = Members };

        judged.JoinsFirst.ShouldBeFalse();
        judged.Leaving.Last.ShouldBe(["k8s-m0"]);
        judged.Leaving.Takes.ShouldBeEmpty();
        judged.Joined.Absent.ShouldBe(["k8s-m0"]);
        judged.Joined.Takes.ShouldBe(new Dictionary<string, string> { ["k8s-m3"] = "k8s-m0" });
        // Names by the order would give each member another one.
        judged.Leaving.Variables["k8s-m1"]["etcd_member_name"].ShouldBe("etcd2");
        judged.Joined.Variables["k8s-m3"]["etcd_member_name"].ShouldBe("etcd1");
        judged.Afterwards.ShouldBe("put k8s-m3 where k8s-m0 stands in kube_control_plane, etcd, with etcd_member_name=etcd1 at k8s-m3, and take k8s-m0 out");
    }

    [Fact]
    public void A_member_that_has_a_name_of_its_own_keeps_it()
    {
        var inventory = Inventory(3, Nodes.Node("k8s-m3", ["all"], ("etcd_member_name", "etcd9")));

        var judged = NodeReplacement.Judge(inventory, ["k8s-m1"], "k8s-m3", isGone: false) with { Members = Members };

        judged.Joined.Variables["k8s-m3"]["etcd_member_name"].ShouldBe("etcd9");
    }

    [Fact]
    public void The_same_machine_joins_last_and_the_inventory_stays_as_it_is()
    {
        var judged = Judge(3, "k8s-m0", null) with { Members = Members };

        judged.Joined.Last.ShouldBe(["k8s-m0"]);
        judged.Joined.Absent.ShouldBeEmpty();
        judged.Afterwards.ShouldBeNull();
        judged.Joined.Variables["k8s-m0"]["etcd_member_name"].ShouldBe("etcd1");
    }

    [Fact]
    public void A_worker_leaves_only_once_the_other_machine_has_joined()
    {
        var judged = Judge(3, "k8s-n0", "k8s-m3");

        judged.JoinsFirst.ShouldBeTrue();
        judged.Joining.Takes.ShouldBe(new Dictionary<string, string> { ["k8s-m3"] = "k8s-n0" });
        judged.Joining.Absent.ShouldBeEmpty();
        judged.Leaving.Takes.ShouldBe(judged.Joining.Takes);
        judged.Afterwards.ShouldBe("put k8s-m3 where k8s-n0 stands in kube_node, and take k8s-n0 out");
    }

    [Fact]
    public void A_machine_at_another_address_takes_the_name_and_each_address_that_is_written()
    {
        var worker = Nodes.Node("k8s-n0", ["kube_node"], ("ansible_host", "192.0.2.20"), ("ip", "192.0.2.20"));
        var inventory = Inventories.With([.. Inventories.Of(3, 0).Nodes, worker]);

        var judged = NodeReplacement.Judge(inventory, ["k8s-n0"], "192.0.2.99", isGone: false);

        judged.New.ShouldBe("k8s-n0");
        judged.Joined.Variables["k8s-n0"].ShouldBe(new Dictionary<string, string> { ["ansible_host"] = "192.0.2.99", ["ip"] = "192.0.2.99" });
        judged.Afterwards.ShouldBe("set ansible_host=192.0.2.99 and ip=192.0.2.99 at k8s-n0");
        NodeReplacement.IsSettled(inventory, "k8s-n0", "192.0.2.99").ShouldBeFalse();
        NodeReplacement.IsSettled(inventory, "k8s-n0", "192.0.2.20").ShouldBeTrue();
    }

    private static NodeReplacement Judge(int controlPlanes, string names, string? by) =>
        NodeReplacement.Judge(Inventory(controlPlanes, Spare), names.Split(',', StringSplitOptions.RemoveEmptyEntries), by, isGone: false);

    private static Inventory Inventory(int controlPlanes, Node spare) => Inventories.With([.. Inventories.Of(controlPlanes, 2).Nodes, spare]);
}
