using System.Text.Json;
using CsCheck;
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
    public async Task I_get_what_the_templates_of_all_hosts_mean_before_the_inventory_is_read()
    {
        using var scene = new AnsibleScene(AnsibleScene.Inventory.Replace("k8s-n0 ansible_connection=local", "k8s-n0 ansible_connection=local extra=1"));
        scene.Directory.Write("cluster/group_vars/all.yml", "ip: \"192.0.2.{{ extra }}\"\naccess_ip: 192.0.2.7\n");

        var answers = await new TemplateEvaluator(scene.Commands, await scene.EnvironmentAsync())
            .ResolveAllAsync(["ip", "access_ip", "ansible_host"], TestContext.Current.CancellationToken);

        var ofWorker = answers["k8s-n0"].ShouldHaveSingleItem();
        (ofWorker.Variable, ofWorker.Result.Value!.Value.GetString()).ShouldBe(("ip", "192.0.2.1"));
        answers["k8s-m0"].ShouldHaveSingleItem().Result.Error!.ShouldContain("extra");
        answers["k8s-x0"].ShouldBeEmpty();
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

    [Fact]
    public async Task I_get_the_values_of_all_nodes_in_one_call_and_lose_none_by_one_that_has_none()
    {
        using var scene = new AnsibleScene();
        scene.Directory.Write("cluster/group_vars/all.yml", "minimal_node_memory_mb: \"{{ 512 * factor }}\"\n");
        scene.Directory.Write("cluster/host_vars/k8s-n0.yml", "factor: 2\n");
        var nodes = (await scene.NodesAsync()).Nodes;
        var expression = JsonSerializer.SerializeToElement(new[] { "{{ hostvars['k8s-n0'].minimal_node_memory_mb }}" });

        var answers = await ResolveAsync(
            scene, [.. nodes.Select(node => Request(node, "minimal_node_memory_mb")), new TemplateRequest(nodes[0], "list", expression, IsDefault: true)]);

        nodes.Zip(answers).Single(pair => pair.First.Name == "k8s-n0").Second.Value!.Value.ToString().ShouldBe("1024");
        nodes.Zip(answers).Single(pair => pair.First.Name == "k8s-m0").Second.Error!.ShouldContain("factor");
        answers[^1].Value!.Value[0].ToString().ShouldBe("1024");
    }

    [Fact]
    public async Task I_wait_no_longer_than_the_limit_for_a_template_that_never_ends()
    {
        using var scene = new AnsibleScene();
        scene.Directory.Write("cluster/group_vars/all.yml", "minimal_node_memory_mb: \"{% for i in range(50000) %}{% for j in range(50000) %}{% endfor %}{% endfor %}\"\n");
        var node = (await scene.NodesAsync()).Nodes[0];

        var answers = await new TemplateEvaluator(scene.Commands, await scene.EnvironmentAsync(), TimeSpan.FromSeconds(5)).ResolveAsync([Request(node, "minimal_node_memory_mb")]);

        answers.ShouldHaveSingleItem().Error.ShouldBe("Ansible gave no value of minimal_node_memory_mb");
    }

    [Theory]
    [InlineData("[WARNING]: something", null)]
    [InlineData("{\"host\": \"m0\", \"answers\": [", null)]
    [InlineData("{\"host\": 1, \"answers\": []}", null)]
    [InlineData("{\"answers\": []}", null)]
    [InlineData("{\"host\": \"m0\", \"answers\": {}}", null)]
    [InlineData("{\"host\": \"m0\", \"answers\": []}", "m0")]
    public void I_read_a_line_however_damaged(string line, string? expected) => TemplateEvaluator.ReadLine(line)?.Node.ShouldBe(expected);

    // CsCheck shows the seed of what fails.
    [Fact]
    public void I_read_any_of_10_000_lines_without_an_exception()
    {
        const string line = "{\"host\": \"m0\", \"answers\": [{\"value\": 1}]}";
        Gen.Select(Gen.Int[0, line.Length], Gen.Int[0, line.Length], Gen.String[Gen.Char['\0', '\uffff'], 0, 20]).Sample(
            (one, other, said) => { _ = TemplateEvaluator.ReadLine(line[..Math.Min(one, other)] + said + line[Math.Max(one, other)..]); }, iter: 10_000);
    }

    private static TemplateRequest Request(Node node, string variable) => new(node, variable, node.Variables[variable], IsDefault: false);

    private static async Task<IReadOnlyList<TemplateResult>> ResolveAsync(AnsibleScene scene, IReadOnlyList<TemplateRequest> requests) =>
        await new TemplateEvaluator(scene.Commands, await scene.EnvironmentAsync())
            .ResolveAsync(requests);
}
