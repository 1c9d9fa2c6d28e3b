using KubeLab.Distributions;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Distributions;

/// <summary>Where a release keeps its asserts is read from its tree, whatever release, fork or ruin it is.</summary>
public class ReleaseAssertsTests : IDisposable
{
    private readonly TemporaryDirectory tree = new();

    [Fact]
    public void I_find_them_where_v2_18_has_them()
    {
        Tasks("kubernetes/preinstall", "main", "---\n- import_tasks: 0010-swapoff.yml\n- import_tasks: 0020-verify-settings.yml\n  when:\n    - not dns_late\n- import_tasks: 0040-set_facts.yml\n");
        foreach (var name in new[] { "0010-swapoff", "0020-verify-settings", "0040-set_facts" })
            Tasks("kubernetes/preinstall", name);
        Tasks("kubespray-defaults", "main");
        Tasks("network_plugin/calico", "check");
        Tasks("network_plugin/flannel", "main");
        tree.Write("roles/kubespray-defaults/meta/main.yml", "---\ndependencies:\n  - role: download\n    skip_downloads: true\n");
        tree.Write("roles/kubernetes/preinstall/meta/main.yml", "---\ndependencies:\n  - adduser\n");
        tree.Write("roles/download/defaults/main.yml", "---\n");
        tree.Write("roles/adduser/tasks/main.yml", "---\n");

        var asserts = ReleaseAsserts.Read(tree.Path);

        asserts.Problem.ShouldBeNull();
        asserts.BeforeFacts.ShouldBeEmpty();
        asserts.WithFacts.Select(file => (file.Path, file.IsJudged)).ShouldBe(
        [
            ("roles/kubespray-defaults/tasks/main.yml", false),
            ("roles/kubernetes/preinstall/tasks/0020-verify-settings.yml", true),
            ("roles/kubernetes/preinstall/tasks/0040-set_facts.yml", false),
            ("roles/network_plugin/calico/tasks/check.yml", true),
        ]);
        asserts.WithFacts[1].When.ShouldBe(["not dns_late"]);
        asserts.WithFacts[3].When.ShouldBe(["kube_network_plugin == 'calico'"]);
        asserts.DefaultsRole.ShouldBe("kubespray-defaults");
        asserts.Roles.ShouldBe(["kubespray-defaults", "download", "kubernetes/preinstall", "network_plugin/calico", "adduser"], ignoreOrder: true);
    }

    [Fact]
    public void I_find_them_where_releases_since_v2_28_have_them()
    {
        Tasks("validate_inventory", "main");
        Tasks("network_facts", "main");
        Tasks("kubespray-defaults", "main");
        tree.Write("roles/kubespray_defaults/defaults/main/main.yml", "---\n");
        Tasks("network_plugin/calico", "check");
        Tasks("network_plugin/cilium", "check");
        Tasks("kubernetes/preinstall", "0040-verify-settings");
        Tasks("kubernetes/preinstall", "main", """
            ---
            - name: Check settings
              ansible.builtin.import_tasks: 0040-verify-settings.yml
              when: not dns_late
            - name: Run calico checks
              include_role:
                name: network_plugin/calico
                tasks_from: check
              when:
                - kube_network_plugin == 'calico'
                - not ignore_assert_errors
            """);

        var asserts = ReleaseAsserts.Read(tree.Path);

        asserts.DefaultsRole.ShouldBe("kubespray_defaults");
        asserts.BeforeFacts.Select(file => file.Path).ShouldBe(["roles/validate_inventory/tasks/main.yml"]);
        asserts.WithFacts.Select(file => (file.Role, file.IsApart)).ShouldBe(
            [("network_facts", false), ("kubernetes/preinstall", false), ("network_plugin/calico", true), ("network_plugin/cilium", true)]);
        asserts.WithFacts[2].When.ShouldBe(["kube_network_plugin == 'calico'", "not ignore_assert_errors"]);
    }

    [Fact]
    public void A_fork_that_lacks_files_has_what_is_left()
    {
        Tasks("kubernetes/preinstall", "main", "---\n- import_tasks: 0040-verify-settings.yml\n- include_role:\n    name: network_plugin/gone\n    tasks_from: check\n");

        var asserts = ReleaseAsserts.Read(tree.Path);

        (asserts.Problem, asserts.WithFacts.Count, asserts.Roles.Count).ShouldBe((null, 0, 0));
    }

    [Theory]
    [InlineData("---\n- name: [broken\n")]
    [InlineData("---\n- name: 'open\n")]
    public void What_cannot_be_read_is_said(string main)
    {
        Tasks("kubernetes/preinstall", "main", main);

        ReleaseAsserts.Read(tree.Path).Problem.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("---\nname: a map\n")]
    [InlineData("---\n- a text\n- 3\n- import_tasks: {}\n- include_role: text\n- include_role: {name: []}\n")]
    public void What_is_no_list_of_tasks_has_no_asserts(string main)
    {
        Tasks("kubernetes/preinstall", "main", main);

        var asserts = ReleaseAsserts.Read(tree.Path);

        (asserts.Problem, asserts.WithFacts.Count).ShouldBe((null, 0));
    }

    [Fact]
    public void Roles_that_depend_on_each_other_are_read_once()
    {
        Tasks("network_facts", "main");
        tree.Write("roles/network_facts/meta/main.yml", "---\ndependencies:\n  - role: one\n  - role: gone\n  - name: network_facts\n");
        tree.Write("roles/one/meta/main.yml", "---\ndependencies:\n  - role: network_facts\n");

        ReleaseAsserts.Read(tree.Path).Roles.ShouldBe(["network_facts", "one", "gone"]);
    }

    public void Dispose() => tree.Dispose();

    private void Tasks(string role, string name, string text = "---\n") => tree.Write($"roles/{role}/tasks/{name}.yml", text);
}
