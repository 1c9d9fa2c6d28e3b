using CsCheck;
using KubeLab.Clusters;
using KubeLab.Distributions;
using KubeLab.Tests.Machines;
using KubeLab.Tests.Preflight;

namespace KubeLab.Tests.Distributions;

/// <summary>What a tree says of variables and groups.</summary>
public class VariablesOfTreesTests : IDisposable
{
    private readonly TemporaryDirectory root = new();

    [Fact]
    public void I_get_the_names_that_a_tree_reads_and_those_that_may_be_set()
    {
        root.Write("cluster.yml", "- hosts: of_playbook\n");
        root.Write("roles/a/tasks/main.yml", "- name: Not of_a_name\n  when: of_condition  # of_comment\n  shell: echo '#' of_task\n");
        root.Write("roles/a/templates/a.j2", "outside {{ inside | filter }} {% if of_block %}");
        root.Write("roles/a/defaults/main.yml", "settable: 1\n# of_condition: 1\n");
        root.Write("roles/b/tasks/main.yml", "when: of_asked is not defined\n");
        root.Write("roles/a/molecule/default/converge.yml", "of_molecule: 1\n");
        root.Write("inventory/sample/group_vars/all.yml", "# inside: 1\n# gone: 1\n");

        var known = KnownVariables.Read(root.Path);

        new[] { "of_playbook", "of_condition", "of_task", "inside", "of_block", "settable" }.Except(known.Names).ShouldBeEmpty();
        known.Names.Intersect(["of_a_name", "of_comment", "outside", "of_molecule", "gone"]).ShouldBeEmpty();
        known.Settable.Order().ShouldBe(["inside", "of_asked", "of_condition", "settable"]);
    }

    [Fact]
    public void A_tree_that_was_fetched_is_read_once_a_commit()
    {
        root.Write("roles/a/defaults/main.yml", "first: 1\n");
        root.Write(".git/kubelab.json", """{"version": "v1", "url": "u", "commit": "abc", "fetchedAt": "2026-01-01T00:00:00Z"}""");
        KnownVariables.Of(root.Path, "abc").Settable.ShouldBe(["first"]);
        root.Write("roles/a/defaults/main.yml", "second: 1\n");

        var known = KnownVariables.Of(root.Path, "abc");
        var changed = KnownVariables.Of(root.Path, null);
        var local = KnownVariables.Of(root.Path, "def");
        root.Write(".git/kubelab-variables.json", "{");
        var damaged = KnownVariables.Of(root.Path, "abc");

        (known.Settable.Single(), known.Names.Contains("first")).ShouldBe(("first", true));
        new[] { changed, local, damaged }.Select(each => each.Settable.Single()).ShouldBe(["second", "second", "second"]);
    }

    [Fact]
    public void I_get_the_groups_that_a_playbook_makes()
    {
        root.Write("roles/dynamic_groups/tasks/main.yml", SampleCluster.Groups);
        var today = DerivedGroups.Read(root.Path);
        root.Write("roles/dynamic_groups/tasks/main.yml", SampleCluster.OldGroups);
        var before = DerivedGroups.Read(root.Path);

        today.Origins["k8s_cluster"].ShouldBe(["kube_node", "kube_control_plane", "calico_rr"]);
        before.Origins.ShouldHaveSingleItem().Value.ShouldBe(["k8s-cluster"]);
        before.Source!.ToString().ShouldBe("roles/dynamic_groups/tasks/main.yml:2");
        today.Members("k8s_cluster", new Dictionary<string, IReadOnlyList<string>>() { ["kube_node"] = ["a"], ["k8s_cluster"] = ["b"] }).ShouldBe(["a", "b"], ignoreOrder: true);
    }

    // Today's names make the cluster's group; of the old ones a newer release makes what has another name alone.
    [Theory]
    [InlineData(SampleCluster.Groups, """{"kube_control_plane": {"hosts": ["m"]}, "kube_node": {"hosts": ["w"]}, "bastion": {"hosts": ["b"]}}""", "m w")]
    [InlineData(SampleCluster.Groups, """{"kube-master": {"hosts": ["m"]}, "kube-node": {"hosts": ["w"]}}""", null)]
    [InlineData(SampleCluster.Groups, """{"kube_node": {"hosts": ["w", "x"]}, "k8s_cluster": {"hosts": ["x", "y"]}}""", "x y w")]
    [InlineData(SampleCluster.OldGroups, """{"kube-master": {"hosts": ["m"]}, "k8s-cluster": {"children": ["kube-master"]}}""", "m")]
    [InlineData(SampleCluster.OldGroups, """{"kube_control_plane": {"hosts": ["m"]}}""", null)]
    [InlineData("- group_by: {key: k8s_cluster}\n", """{"kube_node": {"hosts": ["w"]}}""", null)]
    public void An_inventory_has_the_groups_that_a_playbook_makes_of_it_by_old_names_and_new(string tasks, string printed, string? members)
    {
        root.Write("roles/dynamic_groups/tasks/main.yml", tasks);

        var inventory = DerivedGroups.Read(root.Path).MadeIn(InventoryParser.Parse("hosts.yml", printed));

        inventory.Groups.GetValueOrDefault("k8s_cluster", []).ShouldBe(members?.Split(' ') ?? []);
        inventory.Groups.ContainsKey("k8s_cluster").ShouldBe(members is not null);
    }

    [Fact]
    public void The_labs_distribution_says_which_groups_it_makes() =>
        DerivedGroups.Read(Path.Combine(Repository.Root, "lab", "distribution")).Origins["k8s_cluster"].ShouldBe(["kube_control_plane", "kube_node"]);

    [Fact]
    public void I_get_what_the_asserts_of_a_tree_demand()
    {
        root.Write("roles/validate_inventory/tasks/main.yml", SampleCluster.Asserts);
        root.Write("roles/kubernetes/preinstall/tasks/0040-verify-settings.yml", "- name: Booleans\n  assert:\n    that: item.value|type_debug == 'bool'\n  with_items:\n    - { name: download_run_once, value: 1 }\n- assert:\n    that: cert_management | d('script') in ['script', 'none']\n");

        var demands = VariableDemands.Read(root.Path);

        demands.Booleans.Keys.ShouldBe(["helm_enabled", "download_run_once"]);
        demands.Groups.Keys.ShouldBe(["kube_control_plane", "kube_node"]);
        demands.Allowed.Keys.ShouldBe(["kube_network_plugin", "cert_management"]);
        demands.Asserted.Keys.ShouldContain("minimal_node_memory_mb");
    }

    [Fact]
    public void Whatever_a_tree_holds_it_is_read() => Gen.String[Gen.Char["assert: that\n -[]{}'\"|group_mappings_checksums.0v"], 0, 120].Sample(
        text =>
        {
            foreach (var file in new[] { "roles/validate_inventory/tasks/main.yml", "roles/dynamic_groups/tasks/main.yml", "roles/kubespray_defaults/vars/main/checksums.yml" })
                root.Write(file, text);
            VariableDemands.Read(root.Path).Allowed.ShouldNotBeNull();
            DerivedGroups.Read(root.Path).Origins.ShouldNotBeNull();
            ChecksumTables.Read(root.Path).Versions.ShouldBeEmpty();
            KnownVariables.Read(root.Path).Settable.Count.ShouldBeLessThan(1000);
        },
        iter: 10_000, threads: 1);

    [Fact]
    public void Whatever_the_tasks_of_preinstall_are_there_are_asserts_or_a_problem()
    {
        root.Write("roles/kubernetes/preinstall/tasks/0040-verify-settings.yml", "");

        string[] pieces =
        [
            "- import_tasks: 0040-verify-settings.yml\n", "- include_role:\n", "    name: network_plugin/calico\n", "    tasks_from: check\n",
            "  when: [a, {b: c}, [d]]\n", "  when:\n", "    - not x\n", "dependencies: [{role: x}, y, [z]]\n", "- *a\n", "\t- {", "~", "- [", "'",
        ];
        Gen.Int[0, pieces.Length - 1].Select(index => pieces[index]).Array[0, 8].Sample(
            parts =>
            {
                root.Write("roles/kubernetes/preinstall/tasks/main.yml", string.Concat(parts));
                root.Write("roles/kubernetes/preinstall/meta/main.yml", string.Concat(Enumerable.Reverse(parts)));
                var asserts = ReleaseAsserts.Read(root.Path);
                asserts.WithFacts.Count.ShouldBeLessThanOrEqualTo(asserts.Problem is null ? parts.Length : 0);
            },
            iter: 10_000, threads: 1);
    }

    public void Dispose() => root.Dispose();
}
