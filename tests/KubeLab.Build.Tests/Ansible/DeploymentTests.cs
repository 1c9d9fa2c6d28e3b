using System.Text.Json;
using KubeLab.Ansible;
using KubeLab.Tests.Preflight;
using KubeLab.Variables;

namespace KubeLab.Tests.Ansible;

public sealed class DeploymentTests : IDisposable
{
    private readonly SampleCluster cluster = new();

    public DeploymentTests() => cluster
        .File("roles/kubespray_defaults/defaults/main/main.yml", "---\nkube_version: v1.20.2\n")
        .Node("k8s-m0", "ce", null)
        .Node("k8s-n0", "w", null, ("pod_network", "{{ nobody_knows }}"));

    [Fact]
    public void A_node_that_leaves_is_gone_for_those_that_come_after_alone()
    {
        var before = Read();

        var after = before.Without(["k8s-n0"]);

        after.Inventory.Nodes.Select(node => node.Name).ShouldBe(["k8s-m0"]);
        before.Inventory.Nodes.Select(node => node.Name).ShouldBe(["k8s-m0", "k8s-n0"]);
        after.NodesAtFirst.ShouldBe(before.Inventory.Nodes);
        after.Ansible.ShouldBeSameAs(before.Ansible);
    }

    [Fact]
    public void A_Kubernetes_that_the_playbook_is_given_outranks_the_configured_one_for_those_that_come_after_alone()
    {
        var before = Read();

        var after = before.WithKubernetes("v1.21.0");

        (before.ConfiguredKubernetes, after.ConfiguredKubernetes).ShouldBe(("v1.20.2", "v1.21.0"));
        after.Kubernetes.Version.ShouldBe(new Version(1, 21, 0));
    }

    [Fact]
    public async Task Variables_that_Ansible_has_resolved_leave_those_before_as_they_were()
    {
        var deployment = Read();
        var node = deployment.Inventory.Nodes[1];

        var resolved = await deployment.Variables.ResolveAsync(
            ["pod_network"], [], (requests, _) => Task.FromResult<IReadOnlyList<TemplateResult>>(
                [.. requests.Select(_ => new TemplateResult(JsonSerializer.SerializeToElement("10.0.0.0/8"), null))]), default);

        resolved.Of(node, "pod_network")!.Text.ShouldBe("10.0.0.0/8");
        deployment.Variables.Of(node, "pod_network")!.Unresolved.ShouldNotBeNull();
    }

    public void Dispose() => cluster.Dispose();

    private Deployment Read() => new(cluster.Ansible(), cluster.ReadInventory(), cluster.InventoryDirectory);
}
