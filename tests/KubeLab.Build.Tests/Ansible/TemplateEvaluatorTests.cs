using System.Text.Json;
using KubeLab.Ansible;
using KubeLab.Clusters;
using KubeLab.Tests.Clusters;
using KubeLab.Variables;

namespace KubeLab.Tests.Ansible;

public class TemplateEvaluatorTests
{
    [Fact]
    public async Task I_get_what_a_template_means_on_each_node_as_the_playbook_would()
    {
        using var scene = new AnsibleScene();
        scene.Directory.Write("cluster/group_vars/all.yml", "base: 1000\nminimal_node_memory_mb: \"{{ base + extra }}\"\nextra: 24\n");
        scene.Directory.Write("cluster/host_vars/k8s-n0.yml", "extra: 48\n");
        var nodes = (await scene.NodesAsync()).Nodes;

        var answers = await ResolveAsync(scene, [.. nodes.Select(node => Request(node, "minimal_node_memory_mb"))]);

        nodes.Zip(answers).ToDictionary(pair => pair.First.Name, pair => pair.Second.Value!.Value.ToString(), StringComparer.Ordinal)
            .ShouldBe(new Dictionary<string, string>(StringComparer.Ordinal) { ["k8s-m0"] = "1024", ["k8s-n0"] = "1048" }, ignoreOrder: true);
    }

    [Fact]
    public async Task I_get_what_a_default_of_a_role_means()
    {
        using var scene = new AnsibleScene();
        var node = (await scene.NodesAsync()).Nodes[0];
        var expression = JsonSerializer.SerializeToElement("{{ 'cilium' if inventory_hostname == 'k8s-m0' else 'calico' }}");

        var answers = await ResolveAsync(scene, [new TemplateRequest(node, "kube_network_plugin", expression, IsDefault: true)]);

        answers[0].Value!.Value.GetString().ShouldBe("cilium");
    }

    [Fact]
    public async Task I_am_told_why_a_template_has_no_value()
    {
        using var scene = new AnsibleScene();
        scene.Directory.Write("cluster/group_vars/all.yml", "minimal_node_memory_mb: \"{{ nowhere_set }}\"\n");
        var node = (await scene.NodesAsync()).Nodes[0];

        var answers = await ResolveAsync(scene, [Request(node, "minimal_node_memory_mb")]);

        answers[0].Value.ShouldBeNull();
        answers[0].Error!.ShouldContain("nowhere_set");
    }

    private static TemplateRequest Request(Node node, string variable) => new(node, variable, node.Variables[variable], IsDefault: false);

    private static async Task<IReadOnlyList<TemplateResult>> ResolveAsync(AnsibleScene scene, IReadOnlyList<TemplateRequest> requests) =>
        await new TemplateEvaluator(scene.Commands, await scene.EnvironmentAsync())
            .ResolveAsync(requests);
}
