using KubeLab.Clusters;
using KubeLab.Tests.Machines;
using KubeLab.Variables;

namespace KubeLab.Tests.Variables;

/// <summary>Ansible decides the values here; where they were written has to be found.</summary>
public sealed class VariableLocatorTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    [Fact]
    public async Task I_find_each_variable_where_Ansible_took_it_from()
    {
        directory.Write("inventory/inventory.ini", """
            [all]
            k8s-m0 ansible_host=192.0.2.10 on_host_line=1
            k8s-n[0:1] in_range=2  # both

            [kube_control_plane]
            k8s-m0

            [kube_node]
            k8s-n0
            k8s-n1 on_later_line=3

            [k8s_cluster:children]
            kube_control_plane
            kube_node

            [kube_node:vars]
            in_group_section=4
            everywhere=section
            """);
        directory.Write("inventory/group_vars/all.yml", "---\nin_all: 5\neverywhere: all\n");
        directory.Write("inventory/group_vars/k8s_cluster/a.yml", "in_folder: 6\nin_two_files: 7\n");
        directory.Write("inventory/group_vars/k8s_cluster/b.yml", "# overrides a.yml\nin_two_files: 8\neverywhere: cluster\n");
        directory.Write("inventory/group_vars/kube_node", "without_extension: 9\n");
        directory.Write("inventory/host_vars/k8s-n1.yml", "of_host: 10\neverywhere: host\nlist:\n  - a\ntext: \"1024\"\n");

        var located = await LocateAsync("inventory/inventory.ini");

        located("k8s-m0", "on_host_line").ShouldBe("inventory/inventory.ini:2");
        located("k8s-n0", "in_range").ShouldBe("inventory/inventory.ini:3");
        located("k8s-n1", "on_later_line").ShouldBe("inventory/inventory.ini:10");
        located("k8s-n0", "in_group_section").ShouldBe("inventory/inventory.ini:17");
        located("k8s-m0", "in_all").ShouldBe("inventory/group_vars/all.yml:2");
        located("k8s-m0", "in_folder").ShouldBe("inventory/group_vars/k8s_cluster/a.yml:1");
        located("k8s-m0", "in_two_files").ShouldBe("inventory/group_vars/k8s_cluster/b.yml:2");
        located("k8s-n0", "without_extension").ShouldBe("inventory/group_vars/kube_node:1");
        located("k8s-n1", "of_host").ShouldBe("inventory/host_vars/k8s-n1.yml:1");
        located("k8s-n1", "everywhere").ShouldBe("inventory/host_vars/k8s-n1.yml:2");
        located("k8s-n0", "everywhere").ShouldBe("inventory/group_vars/k8s_cluster/b.yml:3");
        located("k8s-n1", "list").ShouldBe("inventory/host_vars/k8s-n1.yml:3");
        located("k8s-n1", "text").ShouldBe("inventory/host_vars/k8s-n1.yml:5");
    }

    [Fact]
    public async Task I_find_variables_in_an_inventory_in_YAML()
    {
        directory.Write("inventory/hosts.yml", """
            all:
              vars:
                in_all: 1
              children:
                kube_node:
                  hosts:
                    k8s-n[0:1]:
                      of_host: 2
                  vars:
                    of_group: 3
            """);

        var located = await LocateAsync("inventory/hosts.yml");

        located("k8s-n1", "in_all").ShouldBe("inventory/hosts.yml:3");
        located("k8s-n1", "of_host").ShouldBe("inventory/hosts.yml:8");
        located("k8s-n1", "of_group").ShouldBe("inventory/hosts.yml:10");
    }

    [Fact]
    public async Task I_name_the_command_where_no_file_tells()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "an inventory script is started by its first line");
        var script = directory.Write("inventory/inventory.sh", """
            #!/bin/sh
            echo '{"kube_node": {"hosts": ["k8s-n0"]}, "_meta": {"hostvars": {"k8s-n0": {"out_of_a_script": 1}}}}'
            """);
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        var located = await LocateAsync("inventory/inventory.sh");

        located("k8s-n0", "out_of_a_script").ShouldBe("inventory/inventory.sh (ansible-inventory --host k8s-n0)");
    }

    [Fact]
    public async Task I_pass_over_files_that_I_cannot_read()
    {
        directory.Write("inventory/inventory.ini", "[kube_node]\nk8s-n0 here=1\n");
        var located = await LocateAsync("inventory/inventory.ini");
        directory.Write("inventory/host_vars/k8s-n0.yml", "$ANSIBLE_VAULT;1.1;AES256\n61626364\n");
        directory.Write("inventory/group_vars/kube_node.yml", "- not: [a map\n");

        located("k8s-n0", "here").ShouldBe("inventory/inventory.ini:2");
    }

    public void Dispose() => directory.Dispose();

    private async Task<Func<string, string, string>> LocateAsync(string inventoryFile)
    {
        var file = directory.File(inventoryFile);
        var list = CommandLine.Of(Programs.Require("ansible-inventory"), "-i", file, "--list") with { WorkingDirectory = directory.Path };
        var result = (await new CommandRunner().RunAsync(list)).EnsureSucceeded("Reading the inventory");
        var inventory = InventoryParser.Parse(file, result.StandardOutput);
        var locator = new VariableLocator(file, inventory, directory.Path);
        return (node, variable) => locator.Locate(inventory.Nodes.Single(each => each.Name == node), variable).ToString();
    }
}
