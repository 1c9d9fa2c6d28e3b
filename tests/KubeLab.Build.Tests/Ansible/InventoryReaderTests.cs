using KubeLab.Ansible;
using KubeLab.Clusters;
using KubeLab.Tests.Preflight;

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

    [Theory]
    [InlineData("group_vars/all.yml", "a: 1\nb: [\n", "cluster/group_vars/all.yml:3:1: this is no YAML")]
    [InlineData("group_vars/all.yml", "a: 1\nb:\n\tc: 1\n", "cluster/group_vars/all.yml:3:1: this is no YAML: found character that cannot start any token (a tab)")]
    [InlineData("group_vars/all/a-long-name-of-a-file-with-dashes-that-is-broken.yml", "a: 1\n  b: 2\n", "broken.yml:2:4: this is no YAML: mapping values are not allowed")]
    [InlineData("host_vars/k8s-n0.yml", "a: 'b\n", "cluster/host_vars/k8s-n0.yml:")]
    [InlineData("group_vars/all.yml", "- a\n- b\n", "cluster/group_vars/all.yml:1:1: this holds no variables")]
    public async Task I_am_told_where_variables_cannot_be_read(string file, string text, string message)
    {
        using var scene = new AnsibleScene();
        scene.Directory.Write($"cluster/{file}", text);

        var error = await Should.ThrowAsync<UserError>(() => scene.NodesAsync());

        error.Message.ShouldContain(message);
    }

    [Fact]
    public async Task I_am_told_where_variables_are_not_of_UTF_8()
    {
        using var scene = new AnsibleScene();
        var file = scene.Directory.Write("cluster/group_vars/all.yml", "");
        await File.WriteAllBytesAsync(file, [.. "a: 1\nb: \""u8, 0xff, 0xfe, .. "\"\n"u8], TestContext.Current.CancellationToken);

        var error = await Should.ThrowAsync<UserError>(() => scene.NodesAsync());

        error.Message.ShouldContain("cluster/group_vars/all.yml:2:5: this is no UTF-8");
    }

    [Theory]
    [InlineData("[a:children]\nb\n[b:children]\na\n", "cluster/inventory.ini:4: the group a would contain itself")]
    [InlineData("[b]\nm0\n[a:children]\na\n", "cluster/inventory.ini:4: the group a would contain itself")]
    [InlineData("[all]\nm1 ansible_host=\"a b\n", "cluster/inventory.ini:2: Error parsing host definition")]
    public async Task I_am_told_the_line_on_which_an_inventory_is_wrong(string inventory, string message)
    {
        using var scene = new AnsibleScene(inventory);

        var error = await Should.ThrowAsync<UserError>(() => scene.NodesAsync());

        error.Message.ShouldContain(message);
    }

    [Theory]
    [InlineData("a: 1\nb: \"x\nc: 2\nd: 3\n")]
    [InlineData("a: 1\nb: \"x\nc: \"y\"\nd: 3\n")]
    public async Task I_am_told_where_a_quote_opens_that_is_not_closed(string variables)
    {
        using var scene = new AnsibleScene();
        scene.Directory.Write("cluster/group_vars/all.yml", variables);

        var error = await Should.ThrowAsync<UserError>(() => scene.NodesAsync());

        error.Message.ShouldContain("cluster/group_vars/all.yml:2:4: this is no YAML: the quote that opens here isn't closed");
    }

    [Fact]
    public async Task I_am_told_that_a_value_that_begins_with_a_template_stands_in_quotes()
    {
        using var scene = new AnsibleScene();
        scene.Directory.Write("cluster/group_vars/all.yml", "a: 1\nb: {{ a }}\n");

        var error = await Should.ThrowAsync<UserError>(() => scene.NodesAsync());

        error.Message.ShouldContain("cluster/group_vars/all.yml:2:5: this is no YAML");
        error.Remedy!.ShouldContain("stands in quotes");
    }

    [Fact]
    public async Task I_am_told_which_file_is_encrypted_and_how_to_give_the_password()
    {
        using var scene = new AnsibleScene();
        scene.Directory.Write("cluster/group_vars/all/vault.yml", "$ANSIBLE_VAULT;1.1;AES256\n6162636465660a\n");

        var error = await Should.ThrowAsync<UserError>(() => scene.NodesAsync());

        error.Message.ShouldContain("cluster/group_vars/all/vault.yml:1: Ansible can't decrypt this");
        error.Remedy!.ShouldContain("--vault-password-file");
    }

    [Fact]
    public async Task I_am_told_of_aliases_that_grow_without_end_before_they_do()
    {
        using var scene = new AnsibleScene();
        var lines = Enumerable.Range(1, 12).Select(level => $"a{level}: &a{level} [{string.Join(", ", Enumerable.Repeat($"*a{level - 1}", 10))}]");
        scene.Directory.Write("cluster/group_vars/all.yml", $"a0: &a0 [x, x, x, x]\n{string.Join('\n', lines)}\n");

        var error = await Should.ThrowAsync<UserError>(() => scene.NodesAsync());

        error.Message.ShouldContain("cluster/group_vars/all.yml: its aliases stand for more than 10000000 values");
    }

    [Fact]
    public async Task I_can_have_variables_of_ten_megabytes()
    {
        using var scene = new AnsibleScene();
        scene.Directory.Write("cluster/group_vars/kube_node.yml", $"blob: \"{new string('x', 10_000_000)}\"\n");

        var inventory = await scene.NodesAsync();

        inventory.Workers[0].Text("blob")!.Length.ShouldBe(10_000_000);
    }

    [Fact]
    public async Task I_can_read_what_Ansible_warned_of()
    {
        using var scene = new AnsibleScene();
        scene.Directory.Write("cluster/group_vars/all.yml", "kube_version: 1\nkube_version: 2\n");

        var inventory = await scene.NodesAsync();

        inventory.Warnings.ShouldContain(warning => warning.Contains("found a duplicate dict key (kube_version)"));
    }

    [Fact]
    public async Task The_groups_that_the_playbook_will_make_have_their_variables_already_at_their_place()
    {
        using var scene = new AnsibleScene();
        scene.Directory.Write("distribution/roles/dynamic_groups/tasks/main.yml", SampleCluster.Groups);
        scene.Directory.Write("cluster/group_vars/k8s_cluster/k8s.yml", "of_cluster: k8s_cluster\nalso_of_etcd: k8s_cluster\nalso_of_node: k8s_cluster\n");
        scene.Directory.Write("cluster/group_vars/etcd.yml", "also_of_etcd: etcd\n");
        scene.Directory.Write("cluster/group_vars/kube_node.yml", "also_of_node: kube_node\n");

        var inventory = await scene.NodesAsync();

        inventory.Groups["k8s_cluster"].ShouldBe(["k8s-m0", "k8s-n0"], ignoreOrder: true);
        inventory.ControlPlane[0].Text("of_cluster").ShouldBe("k8s_cluster");
        inventory.ControlPlane[0].Text("also_of_etcd").ShouldBe("k8s_cluster");
        inventory.Workers[0].Text("also_of_node").ShouldBe("kube_node");
    }

    [Theory]
    [InlineData("echo garbage", "failed to parse executable inventory script results")]
    [InlineData("head -c 5000 /dev/urandom", "")]
    [InlineData("echo '[]'", "")]
    [InlineData("echo no credentials >&2\nexit 3", "no credentials")]
    public async Task A_script_that_prints_no_inventory_is_an_error_with_what_Ansible_says_of_it(string does, string said)
    {
        using var scene = new AnsibleScene();
        var script = scene.Directory.Write("cluster/inventory.ini", $"#!/bin/sh\n{does}\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        var problem = (await Should.ThrowAsync<UserError>(() => scene.NodesAsync())).Problem;

        problem.ShouldStartWith("cluster/inventory.ini: this script gives no inventory: ");
        problem.ShouldContain(said);
    }

    [Fact]
    public async Task A_script_that_hangs_is_an_error_that_says_so()
    {
        using var scene = new AnsibleScene();
        var script = scene.Directory.Write("cluster/inventory.ini", "#!/bin/sh\nexec sleep 600\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var reader = new InventoryReader(scene.Commands, await scene.EnvironmentAsync(), scene.Directory.Path, TimeSpan.FromMilliseconds(500));

        var error = await Should.ThrowAsync<UserError>(() => reader.ReadAsync(TestContext.Current.CancellationToken));

        error.Message.ShouldContain("had no end after 0.5 s");
        error.Remedy!.ShouldContain("run it by hand with --list");
    }

    [Theory]
    [InlineData("wü4", true)]
    [InlineData("w 1", false)]
    [InlineData("w'2", false)]
    [InlineData("w\"3", false)]
    [InlineData("w$(x)5", false)]
    public async Task Names_of_other_letters_are_names_and_those_of_several_words_or_with_quotes_are_named(string name, bool isName)
    {
        using var scene = new AnsibleScene();
        var hosts = new Dictionary<string, Dictionary<string, string>> { [name] = new() { ["ip"] = "192.0.2.9", ["a 'key'"] = name } };
        scene.Directory.Write("cluster/inventory.ini", "[kube_control_plane]\nm0\n");
        var file = scene.Directory.Write("cluster/hosts.json", System.Text.Json.JsonSerializer.Serialize(new { all = new { children = new { kube_node = new { hosts } } } }));
        var environment = await scene.EnvironmentAsync();
        environment = environment with { Cluster = environment.Cluster with { InventoryFile = file } };

        var reading = () => new InventoryReader(scene.Commands, environment, scene.Directory.Path).ReadAsync(TestContext.Current.CancellationToken);

        if (isName)
            (await reading()).Workers.ShouldHaveSingleItem().Text("a 'key'").ShouldBe(name);
        else
            (await Should.ThrowAsync<UserError>(reading)).Problem.ShouldContain($"'{name}' is no name of a machine");
    }

    [Fact]
    public async Task An_inventory_that_begins_with_a_mark_of_the_byte_order_is_named_with_its_place()
    {
        using var scene = new AnsibleScene();
        File.WriteAllText(scene.Directory.File("cluster/inventory.ini"), "[kube_control_plane]\nm0\n", System.Text.Encoding.UTF8);

        var error = await Should.ThrowAsync<UserError>(() => scene.NodesAsync());

        error.Problem.ShouldStartWith("cluster/inventory.ini:1:1: it begins with a mark of the byte order");
        error.Remedy!.ShouldContain("without a byte order mark");
    }

    [Fact]
    public async Task Extra_variables_are_judged_as_what_they_are_the_strongest()
    {
        using var scene = new AnsibleScene();
        scene.Directory.Write("cluster/group_vars/all.yml", "kube_pods_subnet: 10.0.0.0/8\nmine: \"{{ x }}\"\n");
        var file = scene.Directory.Write("vars.yml", "# mine\nx: 5\n");
        var inline = await scene.EnvironmentAsync() with { ExtraVariables = "{\"kube_pods_subnet\": \"nonsense\"}" };
        var filed = await scene.EnvironmentAsync() with { ExtraVariables = $"@{file}" };

        var inventory = await new InventoryReader(scene.Commands, inline, scene.Directory.Path).ReadAsync(TestContext.Current.CancellationToken);
        var ofFile = await new InventoryReader(scene.Commands, filed, scene.Directory.Path).ReadAsync(TestContext.Current.CancellationToken);
        var locator = new Deployment(filed, ofFile, scene.Directory.Path).Variables;

        inventory.ControlPlane[0].Text("kube_pods_subnet").ShouldBe("nonsense");
        new Deployment(inline, inventory, scene.Directory.Path).Variables.OfCluster("kube_pods_subnet")!.Source.ToString().ShouldBe("--extra-vars");
        (locator.OfCluster("x")!.Text, locator.OfCluster("x")!.Source.ToString()).ShouldBe(("5", $"{file}:2"));
    }

    [Theory]
    [InlineData("a=b", "of name=value Ansible makes a string")]
    [InlineData("{a", "--extra-vars is no JSON object")]
    [InlineData("[1, 2]", "--extra-vars is no JSON object: a list")]
    [InlineData("@nowhere.yml", "there is no file nowhere.yml")]
    public void Extra_variables_that_Ansible_would_not_take_stop_before_anything(string text, string problem) =>
        Should.Throw<UserError>(() => ExtraVariables.Check(text)).Message.ShouldContain(problem);

    [Theory]
    [InlineData("a: 1\n\tb: 2\n", "vars.yml:2:")]
    [InlineData("- a\n", "vars.yml:1:1: this holds no variables")]
    public void A_file_of_extra_variables_that_is_none_is_told_with_its_place(string text, string problem)
    {
        using var scene = new AnsibleScene();

        Should.Throw<UserError>(() => ExtraVariables.Check($"@{scene.Directory.Write("vars.yml", text)}")).Message.ShouldContain(problem);
    }
}
