using KubeLab.Clusters;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Clusters;

/// <summary>Every kind of inventory that Ansible reads, read by a real one.</summary>
public class InventoryKindsTests : IDisposable
{
    private static readonly Dictionary<string, SettingValue> Nothing = [];
    private readonly TemporaryDirectory root = new();

    [Fact]
    public async Task I_can_write_ranges_child_groups_and_the_old_group_names()
    {
        root.Write("inventory/mine/inventory.ini", "[all]\nk8s-m0 ansible_connection=local\nk8s-n[0:2] ansible_user=ubuntu\n[kube-master]\nk8s-m0\n[etcd:children]\nkube-master\n[kube-node]\nk8s-n[0:2]\n[k8s-cluster:children]\nkube-master\nkube-node\n");

        var inventory = await ReadAsync();

        inventory.ControlPlane.Single().IsLocal.ShouldBeTrue();
        inventory.EtcdMembers.Select(node => node.Name).ShouldBe(["k8s-m0"]);
        inventory.Workers.Select(node => node.Name).ShouldBe(["k8s-n0", "k8s-n1", "k8s-n2"]);
        inventory.Groups["k8s_cluster"].Count.ShouldBe(4);
    }

    [Fact]
    public async Task I_can_name_several_inventories_of_several_kinds()
    {
        root.Write("inventory/mine/hosts.yml", "all:\n  children:\n    kube_control_plane:\n      hosts:\n        k8s-m0: { ansible_host: 192.0.2.10 }\n    etcd:\n      children: { kube_control_plane: {} }\n");
        Script(root.Write("inventory/mine/cloud.py", "#!/usr/bin/env python3\nimport json\nprint(json.dumps({'kube_node': {'hosts': ['k8s-n0'], 'vars': {'zone': 'a'}}, '_meta': {'hostvars': {'k8s-n0': {'ansible_host': '192.0.2.20'}}}}))\n"));
        root.Write("more/hosts", "[kube_node]\nk8s-n1 ansible_host=192.0.2.21\n");
        root.Write("more/group_vars/all.yml", "kube_version: v1.27.10\n");
        root.Write("inventory/mine/kubelab.yml", "inventory: hosts.yml\ninventories: [cloud.py, ../../more]\n");

        var inventory = await ReadAsync();

        inventory.Nodes.Select(node => (node.Name, node.Address)).ShouldBe(
            [("k8s-m0", "192.0.2.10"), ("k8s-n0", "192.0.2.20"), ("k8s-n1", "192.0.2.21")], ignoreOrder: true);
        inventory.Workers[0].Text("zone").ShouldBe("a");
        inventory.ControlPlane[0].Text("kube_version").ShouldBe("v1.27.10");
        inventory.Groups.ContainsKey("k8s_cluster").ShouldBeFalse();
    }

    [Fact]
    public async Task I_can_keep_variables_in_a_vault()
    {
        root.Write("inventory/mine/inventory.ini", "[kube_control_plane]\nk8s-m0\n");
        var password = root.Write("password", "open sesame\n");
        File.SetUnixFileMode(password, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var vars = root.Write("inventory/mine/group_vars/all.yml", "registry_password: swordfish\n");
        var vault = (await RealAnsible.ToolchainAsync()).Command("ansible-vault", "encrypt", "--vault-password-file", password, vars);
        (await new CommandRunner().RunAsync(vault)).EnsureSucceeded("ansible-vault");

        var without = await Should.ThrowAsync<UserError>(() => ReadAsync());
        root.Write("inventory/mine/kubelab.yml", "ansible: { vault_password_file: ../../password }\n");
        var inventory = await ReadAsync();

        without.Message.ShouldContain("vault");
        inventory.ControlPlane[0].Text("registry_password").ShouldBe("swordfish");
    }

    [Fact]
    public void I_am_told_that_a_password_file_can_be_read_by_others()
    {
        root.Write("inventory/mine/inventory.ini", "");
        File.SetUnixFileMode(root.Write("inventory/mine/password", "x"), UnixFileMode.UserRead | UnixFileMode.OtherRead);
        root.Write("inventory/mine/kubelab.yml", "ansible: { vault_password_file: password }\n");

        Should.Throw<UserError>(() => Find()).Message.ShouldContain("chmod 600");
    }

    [Fact]
    public void I_am_told_that_Ansible_passes_over_ini_files_in_a_folder()
    {
        root.Write("inventory/mine/parts/nodes.ini", "[kube_node]\nk8s-n0\n");
        root.Write("inventory/mine/kubelab.yml", "inventory: parts\n");

        var error = Should.Throw<UserError>(() => Find());

        error.Message.ShouldContain("passes over nodes.ini without a word");
        error.Remedy!.ShouldContain("inventory/mine/parts/nodes.ini");
    }

    [Fact]
    public void I_am_told_that_an_inventory_is_not_there()
    {
        root.Write("inventory/mine/inventory.ini", "");
        root.Write("inventory/mine/kubelab.yml", "inventories: [nowhere.yml]\n");

        var error = Should.Throw<UserError>(() => Find());

        error.Message.ShouldStartWith("inventory/mine/kubelab.yml:1:14: inventories takes what is there, and ");
        error.Message.ShouldContain("/inventory/mine/nowhere.yml is not");
    }

    [Theory]
    [InlineData("distribution: lab")]
    [InlineData("machines: lab")]
    public void The_key_that_LabUp_makes_need_not_be_there_yet_whatever_is_installed(string choice)
    {
        root.Write("inventory/mine/inventory.ini", "");
        root.Write("inventory/mine/kubelab.yml", $"{choice}\nssh: {{ private_key: /nowhere/id_ed25519 }}\n");

        Find().Settings.Ssh.PrivateKey.ShouldBe("/nowhere/id_ed25519");
    }

    [Theory]
    [InlineData("distribution: lab")]
    [InlineData("machines: lab")]
    public void Other_files_have_to_be_there_on_the_machines_of_the_lab_too(string choice)
    {
        root.Write("inventory/mine/inventory.ini", "");
        root.Write("inventory/mine/kubelab.yml", $"{choice}\nkubespray: {{ path: /nowhere/kubespray }}\n");

        Should.Throw<UserError>(() => Find()).Message.ShouldContain("2:20: kubespray.path takes what is there");
    }

    [Fact]
    public void An_address_with_a_password_is_refused_as_an_index()
    {
        root.Write("inventory/mine/inventory.ini", "");
        root.Write("inventory/mine/kubelab.yml", "ansible: { index: 'https://me:secret@mirror.example/simple' }\n");

        var error = Should.Throw<UserError>(() => Find());

        error.Message.ShouldContain("~/.netrc");
        error.Message.ShouldNotContain("secret");
    }

    public void Dispose() => root.Dispose();

    private static void Script(string path) => File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

    private Cluster Find() => new ClusterLocator(root.Path).Find("mine", Nothing, Nothing);

    private Task<Inventory> ReadAsync() => RealAnsible.ReadAsync(Find(), root);
}
