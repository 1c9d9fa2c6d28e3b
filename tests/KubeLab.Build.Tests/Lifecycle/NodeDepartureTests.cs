using KubeLab.Clusters;
using KubeLab.Distributions;
using KubeLab.Lifecycle;

namespace KubeLab.Tests.Lifecycle;

public class NodeDepartureTests
{
    [Fact]
    public void I_can_remove_workers_and_the_playbook_is_told_so()
    {
        var departure = NodeDeparture.Judge(Cluster(1, 3), ["k8s-n0", "k8s-n2"], areGone: false);

        departure.Answers(new Playbook("remove-node.yml", new Dictionary<string, object> { ["skip_confirmation"] = "yes" }), FactsOfAll)
            .ShouldBe(new Dictionary<string, object> { ["skip_confirmation"] = "yes", ["node"] = "k8s-n0,k8s-n2" }, ignoreOrder: true);
    }

    [Fact]
    public void I_can_remove_a_machine_that_is_gone_and_nothing_is_taken_off_it()
    {
        var answers = NodeDeparture.Judge(Cluster(1, 2), ["k8s-n1"], areGone: true).Answers(new Playbook("remove-node.yml", new Dictionary<string, object>()), "");

        (answers["reset_nodes"], answers["allow_ungraceful_removal"]).ShouldBe((false, true));
        answers.Keys.ShouldNotContain("fallback_ips");
    }

    // Seen with v2.18.2: it had drained the node, and then didn't know where to ask etcd for it.
    [Fact]
    public void A_member_of_etcd_that_is_gone_is_removed_though_nobody_gathers_the_address_of_the_first()
    {
        var answers = NodeDeparture.Judge(Cluster(3, 1), ["k8s-m1"], areGone: true).Answers(new Playbook("remove-node.yml", new Dictionary<string, object>()), FactsOfAll);

        System.Text.Json.JsonSerializer.Serialize(answers).ShouldContain("\"fallback_ips\":{\"k8s-m0\":\"127.0.0.1\"}");
    }

    [Theory]
    [InlineData(FactsOfAll, true)] // up to v2.18
    [InlineData("- name: Gather facts\n  import_playbook: facts.yml\n  when: reset_nodes|default(True)|bool\n", false)] // since v2.19
    [InlineData("- name: Remove a node\n  ansible.builtin.import_playbook: playbooks/remove_node.yml\n", false)] // since v2.21
    [InlineData("", false)]
    [InlineData("  import_playbook: [", false)]
    public void Nobody_waits_for_the_facts_of_a_machine_that_is_gone(string playbook, bool leftOut)
    {
        var (gone, living) = (NodeDeparture.Judge(Cluster(1, 2), ["k8s-n1"], areGone: true), NodeDeparture.Judge(Cluster(1, 2), ["k8s-n1"], areGone: false));

        gone.SkipTags(playbook).Contains("always").ShouldBe(leftOut);
        gone.SkipTags(playbook).ShouldContain("bootstrap-os");
        living.SkipTags(playbook).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(1, 2, "", "No node is named")]
    [InlineData(1, 2, "k8s-n9", "k8s-n9 is no node of this inventory")]
    [InlineData(1, 2, "k8s-m0", "k8s-m0 is the first control plane node")]
    [InlineData(3, 2, "k8s-m1,k8s-m2", "etcd would lose its quorum: of 3 members 2 have to stay, and without k8s-m1, k8s-m2 there are 1")]
    [InlineData(5, 2, "k8s-m2,k8s-m3,k8s-m4", "of 5 members 3 have to stay")]
    [InlineData(1, 2, "k8s-n0,k8s-n1", "No worker would be left")]
    public void I_am_refused_what_the_cluster_would_not_outlive(int controlPlane, int workers, string names, string says) =>
        Should.Throw<UserError>(() => NodeDeparture.Judge(Cluster(controlPlane, workers), names.Split(',', StringSplitOptions.RemoveEmptyEntries), areGone: false))
            .Problem.ShouldContain(says);

    [Theory]
    [InlineData(3, "k8s-m2")]
    [InlineData(5, "k8s-m3,k8s-m4")]
    public void I_can_remove_etcd_members_as_long_as_a_quorum_stays(int controlPlane, string names) =>
        NodeDeparture.Judge(Cluster(controlPlane, 1), names.Split(','), areGone: false).Names.ShouldBe(names.Split(','));

    [Fact]
    public void I_see_the_cluster_without_them_afterwards()
    {
        var left = Cluster(3, 2).Without(["k8s-m2", "k8s-n0"]);

        left.Nodes.Select(node => node.Name).ShouldBe(["k8s-m0", "k8s-m1", "k8s-n1"]);
        left.EtcdMembers.Select(node => node.Name).ShouldBe(["k8s-m0", "k8s-m1"]);
        left.Groups["kube_node"].ShouldBe(["k8s-n1"]);
    }

    private const string FactsOfAll = "- name: Gather facts\n  import_playbook: facts.yml\n\n- hosts: all\n";

    private static Inventory Cluster(int controlPlane, int workers) => Inventories.Of(controlPlane, workers);
}
