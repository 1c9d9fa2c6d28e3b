using System.Text.Json;
using KubeLab.Ansible;

namespace KubeLab.Tests.Ansible;

/// <summary>Which nodes a run left cordoned, by the names that Kubespray's tasks have from v2.18.2 to main.</summary>
public class CordonedNodesTests
{
    [Fact]
    public void A_node_that_was_cordoned_and_not_uncordoned_again_stays_so() => Of(
        ("k8s-m0", "upgrade/pre-upgrade : Cordon node", "changed"), ("k8s-m0", "upgrade/post-upgrade : Uncordon node", "changed"),
        ("k8s-n0", "upgrade/pre-upgrade : Cordon node", "ok"), ("k8s-n1", "upgrade/pre-upgrade : Cordon node", "changed"),
        ("k8s-n1", "upgrade/pre-upgrade : Drain node", "failed"), ("k8s-n1", "upgrade/pre-upgrade : Set node back to schedulable", "changed"))
        .ShouldBe(["k8s-n0"]);

    [Theory]
    [InlineData("remove-node/pre-remove : remove-node | Drain node except daemonsets resource")]
    [InlineData("remove_node/pre_remove : Remove-node | Drain node except daemonsets resource")]
    [InlineData("remove_node/pre_remove : Move the node's pods to others")]
    public void A_node_is_cordoned_by_a_drain_too_even_by_one_that_fails(string task)
    {
        Of(("k8s-n0", task, "failed")).ShouldBe(["k8s-n0"]);
        Of(("k8s-n0", task, "changed"), ("k8s-n0", "remove-node/post-remove : Remove-node | Delete node", "changed")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("upgrade/pre-upgrade : Cordon node", "failed")]
    [InlineData("upgrade/pre-upgrade : Cordon node", "skipped")]
    [InlineData("upgrade/pre-upgrade : Drain node", "skipped")]
    [InlineData("upgrade/pre-upgrade : Set if node needs cordoning", "ok")]
    [InlineData("upgrade/pre-upgrade : See if node is schedulable", "ok")]
    [InlineData("upgrade/post-upgrade : Confirm node uncordon", "ok")]
    public void What_changes_nothing_cordons_nothing(string task, string status) => Of(("k8s-n0", task, status)).ShouldBeEmpty();

    private static IReadOnlyList<string> Of(params (string Host, string Task, string Status)[] results) => CordonedNodes.Of(results
        .Select(result => PlaybookEvent.Parse(JsonSerializer.Serialize(
            new { @event = "result", time = 1795993800.0, host = result.Host, task = result.Task, status = result.Status }))!));
}
