using KubeLab.Clusters;

namespace KubeLab.Tests.Ansible;

public class InventoryReaderTests
{
    [Fact]
    public async Task I_am_told_what_Ansible_cannot_parse_and_where()
    {
        using var scene = new AnsibleScene("[kube_node]\nk8s-n0 ansible_host\n");

        var error = await Should.ThrowAsync<UserError>(() => scene.NodesAsync());

        error.Message.ShouldContain("inventory.ini:2");
        error.Message.ShouldContain("key=value");
    }

    [Fact]
    public async Task I_get_no_nodes_from_an_empty_inventory_and_no_error_of_Ansible()
    {
        using var scene = new AnsibleScene("# nothing yet\n");

        var inventory = await scene.NodesAsync();

        inventory.Nodes.ShouldBeEmpty();
    }

    [Fact]
    public async Task I_am_told_that_a_vaulted_variable_has_no_password()
    {
        using var scene = new AnsibleScene();
        scene.Directory.Write("cluster/group_vars/all.yml", "$ANSIBLE_VAULT;1.1;AES256\n6162636465660a\n");

        var error = await Should.ThrowAsync<UserError>(() => scene.NodesAsync());

        error.Message.ShouldContain("vault", Case.Insensitive);
    }

    [Fact]
    public async Task I_am_told_where_group_variables_cannot_be_read()
    {
        using var scene = new AnsibleScene();
        scene.Directory.Write("cluster/group_vars/all.yml", "a: 1\nb: [\n");

        var error = await Should.ThrowAsync<UserError>(() => scene.NodesAsync());

        error.Message.ShouldContain("group_vars/all.yml");
        error.Message.ShouldContain("line");
    }
}
