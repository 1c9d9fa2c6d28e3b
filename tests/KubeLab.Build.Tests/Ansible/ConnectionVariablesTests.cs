using KubeLab.Ansible;
using KubeLab.Clusters;
using KubeLab.Distributions;
using KubeLab.Ssh;
using KubeLab.Tests.Clusters;
using KubeLab.Tests.Machines;
using KubeLab.Variables;

namespace KubeLab.Tests.Ansible;

/// <summary>The way to a node that the inventory gives as templates, or the distribution by its default, as a real Ansible resolves it.</summary>
public class ConnectionVariablesTests
{
    private const string Inventory = """
        [all]
        k8s-m0 private_ip=192.0.2.10 ip=192.0.2.10
        k8s-n0 private_ip=192.0.2.20
        [kube_control_plane]
        k8s-m0
        [etcd]
        k8s-m0
        [kube_node]
        k8s-n0

        """;

    [Fact]
    public async Task I_connect_where_the_templates_of_the_inventory_lead()
    {
        using var scene = new AnsibleScene(Inventory);
        scene.Directory.Write("cluster/group_vars/all.yml", """
            ansible_host: "{{ private_ip }}"
            ansible_user: "{{ 'ubu' ~ 'ntu' }}"
            ansible_port: "{{ 2000 + 222 }}"
            ansible_ssh_private_key_file: "{{ inventory_dir }}/key"

            """);

        var nodes = (await ResolveAsync(scene)).Nodes;

        nodes.Select(node => node.Address).ShouldBe(["192.0.2.10", "192.0.2.20"]);
        var words = new SshOptions(scene.Cluster).For(nodes[1]);
        words.ShouldContain("User=ubuntu");
        words.ShouldContain("Port=2222");
        words.ShouldContain($"IdentityFile=\"{scene.Directory.File("cluster/key")}\"");
    }

    [Fact]
    public async Task I_am_told_why_the_template_of_an_address_has_no_value()
    {
        using var scene = new AnsibleScene(Inventory);
        scene.Directory.Write("cluster/group_vars/all.yml", "access_ip: \"{{ privat_ip }}\"\n");

        var node = (await ResolveAsync(scene)).Workers.ShouldHaveSingleItem();

        node.Unresolved["access_ip"].ShouldContain("'privat_ip' is undefined");
        node.UnresolvedConnection.ShouldBeNull();
    }

    // The shape of Kubespray's own default in kubespray_defaults.
    private const string ThroughBastion = """
        ansible_ssh_common_args: "{% if 'bastion' in groups['all'] %} -o ProxyCommand='ssh -W %h:%p {{ hostvars['bastion']['ansible_user'] }}@{{ hostvars['bastion']['ansible_host'] }}' {% endif %}"

        """;

    [Fact]
    public async Task I_go_through_the_bastion_where_the_distribution_does()
    {
        using var scene = new AnsibleScene($"{Inventory}[bastion]\nbastion ansible_host=192.0.2.1 ansible_user=ops\n");
        scene.Directory.Write("distribution/roles/kubespray_defaults/defaults/main/main.yml", ThroughBastion);

        var inventory = await ResolveAsync(scene);

        new SshOptions(scene.Cluster).For(inventory.Nodes[1]).ShouldContain("ProxyCommand=ssh -W %h:%p ops@192.0.2.1");
        new SshOptions(scene.Cluster).For(inventory.Others[0]).ShouldNotContain(word => word.Contains("ProxyCommand"));
    }

    [Fact]
    public async Task I_go_straight_where_there_is_no_bastion()
    {
        using var scene = new AnsibleScene($"{Inventory}[monitoring]\nwatcher\n");
        scene.Directory.Write("distribution/roles/kubespray_defaults/defaults/main/main.yml", ThroughBastion);

        new SshOptions(scene.Cluster).For((await ResolveAsync(scene)).Nodes[0]).ShouldNotContain(word => word.Contains("ProxyCommand"));
    }

    [Fact]
    public async Task I_am_told_which_variable_is_missing_and_reach_the_other_nodes()
    {
        using var scene = new AnsibleScene(Inventory);
        scene.Directory.Write("cluster/group_vars/all.yml", "ansible_host: \"{{ private_ip }}\"\n");
        scene.Directory.Write("cluster/host_vars/k8s-n0.yml", "ansible_user: \"{{ nobody_set_it }}\"\n");

        var nodes = (await ResolveAsync(scene)).Nodes;

        nodes[0].Address.ShouldBe("192.0.2.10");
        var error = Should.Throw<UserError>(() => new SshOptions(scene.Cluster).For(nodes[1]));
        error.Problem.ShouldStartWith("k8s-n0: Ansible can't resolve the templates in the inventory that say how it is reached: ");
        error.Problem.ShouldContain("'nobody_set_it' is undefined");
        error.Remedy!.ShouldContain(" k8s-n0 -m debug ");
        new SshOptions(scene.Cluster).For(nodes[0]).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task I_still_find_the_line_of_an_address_that_is_a_template()
    {
        using var scene = new AnsibleScene(Inventory);
        scene.Directory.Write("cluster/host_vars/k8s-n0.yml", "---\nip: \"{{ private_ip }}\"\n");

        var inventory = await ResolveAsync(scene);

        inventory.Nodes[1].AccessAddress.ShouldBe("192.0.2.20");
        new VariableLocator(scene.Cluster.InventoryFile, inventory, scene.Directory.Path).Locate(inventory.Nodes[1], "ip").ToString().ShouldBe("cluster/host_vars/k8s-n0.yml:2");
    }

    [Fact]
    public async Task I_ask_Ansible_nothing_where_nothing_is_a_template()
    {
        using var directory = new TemporaryDirectory();
        directory.Write("cluster.yml", "---\n");
        directory.Write("roles/kubespray_defaults/defaults/main/main.yml", ThroughBastion);
        var inventory = new Inventory(
            "inventory.ini", [Nodes.On("k8s-m0", "192.0.2.10", 22)], [], new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal), new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal));
        var connections = new ConnectionVariables(
            (_, _) => throw new InvalidOperationException(), new DistributionDefaults(KubeLab.Distributions.Distribution.Open("a distribution", directory.Path)));

        (await connections.ResolveAsync(inventory)).ShouldBeSameAs(inventory);
    }

    private static async Task<Inventory> ResolveAsync(AnsibleScene scene)
    {
        var ansible = await scene.EnvironmentAsync();
        return await new ConnectionVariables(new TemplateEvaluator(scene.Commands, ansible).ResolveAsync, ansible.Defaults).ResolveAsync(await scene.NodesAsync());
    }
}
