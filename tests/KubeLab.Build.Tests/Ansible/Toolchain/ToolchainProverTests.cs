using KubeLab.Ansible;
using KubeLab.Clusters;
using KubeLab.Distributions;
using KubeLab.Tests.Clusters;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Ansible;

/// <summary>What a tree uses is proven by the real Ansible.</summary>
public sealed class ToolchainProverTests : IDisposable
{
    private const string Manifest = """{"collection_info": {"namespace": "kubelab", "name": "sample", "version": "1.2.0"}, "format": 1}""";

    // A filter that can't do without one library, can do without another, has something in place of a third, and uses a file
    // that is prepared to lack a fourth.
    private const string Filter = """
        import json
        from ansible.errors import AnsibleFilterError
        from ansible_collections.kubelab.sample.plugins.plugin_utils.parts import turned
        try:
            import kubelab_needed
            HAS_IT = True
        except ImportError:
            HAS_IT = False
        try:
            import kubelab_fast as text
        except ImportError:
            import json as text
        class FilterModule:
            def filters(self):
                return {"turn": turn}
        def turn(value):
            return turned(value)
        """;

    private const string Parts = """
        try:
            import kubelab_optional
            HAS_OPTIONAL = True
        except ImportError:
            HAS_OPTIONAL = False
        def turned(value):
            return value[::-1]
        """;

    private readonly TemporaryDirectory directory = new();

    public ToolchainProverTests()
    {
        directory.Write("distribution/cluster.yml", "- hosts: all\n  roles:\n    - one\n");
        directory.Write("distribution/library/own.py", "# The tree's own module\n");
        directory.Write("distribution/ansible.cfg", "[defaults]\nlibrary = ./library\n");
        Collection("plugins/modules/thing.py", "#!/usr/bin/python\n");
        Collection("plugins/filter/turn.py", Filter);
        Collection("plugins/plugin_utils/parts.py", Parts);
        Collection("MANIFEST.json", Manifest);
    }

    [Fact]
    public async Task I_know_that_all_that_the_tree_uses_is_there()
    {
        Tasks("""
            - name: A block
              when: written is defined
              block:
                - kubelab.sample.thing:
                    name: "{{ 'x' | default('y') }}"
                - local_action:
                    module: own
            """);

        var proof = await ProveAsync();

        proof.Missing.ShouldBeEmpty();
        Row(proof, "kubelab.sample").ShouldBe(new ProvenNeed(
            "collection", "kubelab.sample", ">=1.0.0 (galaxy.yml); thing", "1.2.0", Folder("collections/ansible_collections/kubelab/sample"), true, null));
        Row(proof, "ansible.builtin").Found.ShouldBe("2 of 2", "the filter default and the test defined");
        Row(proof, "encoding").Found.ShouldBe("utf-8");
        proof.Python!.Program.ShouldContain("python3");
    }

    [Theory]
    [InlineData("- kubelab.sample.nothing:\n", "kubelab.sample", "has no kubelab.sample.nothing (roles/one/tasks/main.yml:1)")]
    [InlineData("- name: A task\n  nobody.has.this:\n    x: 1\n", "nobody.has", "is not installed; it is used in roles/one/tasks/main.yml:2")]
    [InlineData("- debug:\n    msg: |\n      a line\n      {{ 'x' | nobody.has.turned }}\n", "nobody.has", "is not installed; it is used in roles/one/tasks/main.yml:4")]
    [InlineData("- debug:\n    msg: \"{{ lookup('nobody.has.it', 'x') }}\"\n", "nobody.has", "is not installed; it is used in roles/one/tasks/main.yml:2")]
    [InlineData("- debug:\n  when: x is nobody.has.it\n", "nobody.has", "is not installed; it is used in roles/one/tasks/main.yml:2")]
    [InlineData("- debug:\n  with_nobody.has.it: [x]\n", "nobody.has", "is not installed; it is used in roles/one/tasks/main.yml:2")]
    [InlineData("- misspelt_module:\n    x: 1\n", "ansible.builtin", "has no misspelt_module (roles/one/tasks/main.yml:1)")]
    public async Task I_am_told_what_is_missing_and_where_it_is_used(string tasks, string name, string reason)
    {
        Tasks(tasks);

        var proof = await ProveAsync();

        proof.Missing.Select(row => (row.Name, row.Reason)).ShouldBe([(name, reason)]);
    }

    [Fact]
    public async Task I_am_told_of_a_version_that_is_not_accepted_and_of_a_file_that_is_no_YAML()
    {
        directory.Write("distribution/galaxy.yml", "dependencies:\n  kubelab.sample: '>=1.3.0'\n");
        directory.Write("distribution/roles/two/tasks/main.yml", "- debug:\n    msg: [\n");

        var proof = await ProveAsync();

        proof.Missing.Select(row => row.Reason).ShouldBe(["is 1.2.0, and galaxy.yml asks for >=1.3.0", "roles/two/tasks/main.yml:3 can't be read as YAML"]);
    }

    [Fact]
    public async Task I_am_told_of_libraries_that_filters_cannot_do_without_and_of_no_others()
    {
        directory.Write("distribution/roles/one/templates/config.j2", "one line\n{{ name | kubelab.sample.turn }}\n");
        directory.Write("distribution/requirements.txt", "ansible==7.6.0\r\nkubelab_listed==1.0\r\n");

        var proof = await ProveAsync();

        var libraries = proof.Rows.Where(row => row.Kind == "library").ToDictionary(row => row.Name, row => row.IsMet);
        libraries.ShouldBe(new Dictionary<string, bool?> { ["kubelab_needed"] = false, ["kubelab_optional"] = null, ["kubelab-listed"] = null }, ignoreOrder: true);
        Row(proof, "kubelab_needed").Reason.ShouldBe("can't be imported (ModuleNotFoundError: No module named 'kubelab_needed'); kubelab.sample.turn wants it in roles/one/templates/config.j2:2");
        Row(proof, "kubelab-listed").Wanted.ShouldBe("==1.0 (requirements.txt:2)");
    }

    [Fact]
    public async Task I_am_told_of_programs_that_the_inventory_and_the_machine_want()
    {
        directory.Write("cluster/group_vars/all.yml", "---\n# ansible_password: none\nansible_ssh_pass: \"{{ vaulted }}\"\n");

        var proof = await ProveAsync(directory.Write("enforce", "1"));

        Row(proof, "ssh").IsMet.ShouldBe(Programs.Find("ssh") is not null);
        Row(proof, "sshpass").Wanted.ShouldBe("a password in group_vars/all.yml:3");
        Row(proof, "sshpass").IsMet.ShouldBe(Which.Find("sshpass") is not null);
        Row(proof, "selinux").Wanted.ShouldBe("SELinux is on");
    }

    [Fact]
    public async Task I_am_told_that_Ansible_gives_no_answer()
    {
        directory.Write("distribution/ansible.cfg", "[defaults]\nlibrary ./library\n");

        var missing = (await ProveAsync()).Missing.ShouldHaveSingleItem();

        (missing.Kind, missing.Name).ShouldBe(("program", "ansible-playbook"));
        missing.Reason!.ShouldStartWith("gave none: ");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"python\": {\"program\": \"/usr/bin/python3\", \"isVirtual\": false}, \"rows\": [{\"kind\": \"coll")]
    [InlineData("{\"python\": 3}")]
    [InlineData("{\"python\": null, \"rows\": null}")]
    public void An_answer_that_is_cut_off_is_none(string output) => ToolchainProver.ReadAnswer(output).ShouldBeNull();

    [Theory]
    [InlineData("k8s-m0 ansible_host=192.0.2.10 ansible_password=secret", true)]
    [InlineData("ansible_ssh_pass: secret", true)]
    [InlineData("  'ansible_ssh_password' : !vault |", true)]
    [InlineData("# ansible_password: secret", false)]
    [InlineData("k8s-m0 ; ansible_password=secret", false)]
    [InlineData("ansible_become_password: secret", false)]
    [InlineData("ansible_password_file: secret", false)]
    public void I_know_whether_an_inventory_has_passwords(string line, bool expected)
    {
        var cluster = ToolchainScene.ClusterIn(directory, new AnsibleSettings());
        File.WriteAllText(cluster.InventoryFile, $"[all]\n{line}\n");

        (PasswordVariables.FirstIn(cluster) is not null).ShouldBe(expected);
    }

    public void Dispose() => directory.Dispose();

    private static ProvenNeed Row(ToolchainProof proof, string name) => proof.Rows.Single(row => row.Name == name);

    private string Folder(string path) => Path.Combine(directory.File("galaxy"), path);

    private void Collection(string path, string text) => directory.Write($"galaxy/collections/ansible_collections/kubelab/sample/{path}", text);

    private void Tasks(string tasks) => directory.Write("distribution/roles/one/tasks/main.yml", tasks);

    private async Task<ToolchainProof> ProveAsync(string selinux = "/nowhere")
    {
        if (!File.Exists(directory.File("distribution/galaxy.yml")))
            directory.Write("distribution/galaxy.yml", "dependencies:\n  kubelab.sample: '>=1.0.0'\n");
        var toolchain = await RealAnsible.ToolchainAsync() with { GalaxyDirectory = directory.File("galaxy") };
        var distribution = Distribution.Open("a small one", directory.File("distribution"));
        var prover = new ToolchainProver(new CommandRunner(), distribution, ToolchainScene.ClusterIn(directory, new AnsibleSettings())) { SelinuxFile = selinux };
        return await prover.ProveAsync(toolchain, null);
    }
}
