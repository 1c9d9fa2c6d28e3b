using KubeLab.Preflight;

namespace KubeLab.Tests.Preflight;

/// <summary>What the release would refuse, or not notice, of the variables in an inventory's files.</summary>
public class VariableRulesTests
{
    private const string Tasks = """
        - name: Stop for unheard_of
          when: kube_encrypt_secret_data  # not_even_this
          set_fact: { x: "{{ etcd_data_dir }}" }

        """;

    [Fact]
    public void I_am_told_which_variables_nothing_reads_and_what_I_may_have_meant()
    {
        using var cluster = Cluster()
            .Inventory("group_vars/all.yml", "etcd_data_dirr: /var\nmine: 1\netcd_data_dir: \"{{ mine }}\"\nlab_memory_mb: 1\nunheard_of: 1\nnot_even_this: 2\n")
            .Inventory("inventory.ini", "[kube_control_plane]\nm0 ansible_user=me kube_encrypt_secret_data=true zone=a\n");

        var findings = cluster.Judge("unknown-variables");

        findings.Select(finding => finding.Message).ShouldBe(
        [
            "inventory/group_vars/all.yml:1: nothing in the release reads etcd_data_dirr. Did you mean etcd_data_dir?",
            "inventory/group_vars/all.yml:5: nothing in the release reads unheard_of.",
            "inventory/group_vars/all.yml:6: nothing in the release reads not_even_this.",
            "inventory/inventory.ini:2: nothing in the release reads zone.",
        ]);
        findings.ShouldAllBe(finding => finding.Status == FindingStatus.Warning);
    }

    [Fact]
    public void I_am_told_since_when_a_variable_is_gone_and_what_took_its_place()
    {
        using var cluster = Cluster().File("roles/etcd/defaults/main.yml", "containerd_additional_runtimes: []\n")
            .Inventory("group_vars/all.yml", "containerd_runtimes: []\ndashboard_enabled: true\n");

        var findings = cluster.Judge("unknown-variables");

        findings[0].Message.ShouldEndWith("Kubespray has not had it since v2.18.0. Did you mean containerd_additional_runtimes?");
        findings[1].Message.ShouldEndWith("nothing in the release reads dashboard_enabled, and Kubespray has not had it since v2.31.0.");
    }

    [Theory]
    [InlineData("helm_enabled", "true", FindingStatus.Failed)]
    [InlineData("helm_enabled", true, FindingStatus.Passed)]
    [InlineData("override_system_hostname", "false", FindingStatus.Warning)]
    [InlineData("override_system_hostname", "{{ x }}", FindingStatus.Passed)]
    [InlineData("minimal_node_memory_mb", "1024", FindingStatus.Failed)]
    [InlineData("minimal_node_memory_mb", 1024, FindingStatus.Passed)]
    [InlineData("kube_network_node_prefix", "24", FindingStatus.Warning)]
    [InlineData("my_own", "true", FindingStatus.Passed)]
    public void I_am_told_of_texts_where_the_release_wants_another_type(string name, object value, FindingStatus expected)
    {
        using var cluster = new SampleCluster().Node("m0", "cew", null, (name, value));

        cluster.Judge("value-types").ShouldHaveSingleItem().Status.ShouldBe(expected);
    }

    [Theory]
    [InlineData("sha256:", "", FindingStatus.Failed)]
    [InlineData("", "sha256:", FindingStatus.Failed)]
    [InlineData("", "", FindingStatus.Passed)]
    [InlineData("sha256:", "sha256:", FindingStatus.Passed)]
    public void I_am_told_how_the_release_writes_checksums(string inTheTree, string mine, FindingStatus expected)
    {
        var hash = new string('a', 64);
        using var cluster = Cluster($"{inTheTree}{hash}", ("etcd_binary_checksum", $"{mine}{hash}"));

        cluster.Judge("value-types").ShouldHaveSingleItem().Status.ShouldBe(expected);
    }

    [Fact]
    public void I_am_told_of_a_checksum_that_is_a_number_to_YAML()
    {
        using var cluster = Cluster(new string('a', 64), ("etcd_binary_checksum", 0));

        var finding = cluster.Judge("value-types").ShouldHaveSingleItem();

        finding.Status.ShouldBe(FindingStatus.Warning);
        finding.Message.ShouldContain("etcd_binary_checksum has a checksum of figures alone");
    }

    [Theory]
    [InlineData("v1.27.10", null)]
    [InlineData("v1.27.99", "kube_version is v1.27.99, of which the release has no checksum; the newest of 1.27 is v1.27.10")]
    [InlineData("1.27.9", "kube_version is 1.27.9, of which the release has no checksum; this release writes it v1.27.9")]
    [InlineData("v1.99.1", "kube_version is v1.99.1, of which the release has no checksum; it has v1.25.0 to v1.27.10")]
    [InlineData("latest", "kube_version is latest, of which the release has no checksum")]
    [InlineData("v1.24.6", "kube_version is v1.24.6, and the release installs v1.25.0 at the oldest (kube_version_min_required)")]
    public void I_am_told_that_there_is_no_checksum_of_a_version(string version, string? problem)
    {
        using var cluster = Cluster("0", ("kube_version", version));

        var finding = cluster.Judge("versions").ShouldHaveSingleItem();

        finding.Status.ShouldBe(problem is null ? FindingStatus.Passed : FindingStatus.Failed);
        if (problem is not null)
            finding.Message.ShouldContain(problem);
    }

    [Fact]
    public void I_may_bring_the_checksum_of_a_version_along()
    {
        using var cluster = Cluster("0", ("etcd_version", "v9.9.9"), ("etcd_binary_checksum", "0"));

        cluster.Judge("versions").ShouldHaveSingleItem().Status.ShouldBe(FindingStatus.Passed);
    }

    [Theory]
    [InlineData("kube_network_plugin", "calico", null)]
    [InlineData("kube_network_plugin", "calcio", "Did you mean calico?")]
    [InlineData("kube_network_plugin", "weave", "and the release accepts calico, flannel, cilium.")]
    [InlineData("cilium_tunnel_mode", "geneve", null)]
    public void I_am_told_which_values_the_release_accepts(string name, string value, string? problem)
    {
        using var cluster = new SampleCluster().Node("m0", "cew", null, (name, value));

        var finding = cluster.Judge("allowed-values").ShouldHaveSingleItem();

        finding.Status.ShouldBe(problem is null ? FindingStatus.Passed : FindingStatus.Failed);
        if (problem is not null)
            finding.Source!.ToString().ShouldBe("roles/validate_inventory/tasks/main.yml:16");
        finding.Message.ShouldContain(problem ?? "accepts");
    }

    [Theory]
    [InlineData("ansible_port", 22, true)]
    [InlineData("ansible_port", "2222", true)]
    [InlineData("ansible_port", 0, false)]
    [InlineData("ansible_port", 222222, false)]
    [InlineData("ansible_port", "ssh", false)]
    [InlineData("kube_apiserver_port", 65536, false)]
    [InlineData("kube_apiserver_port", "https", false)]
    [InlineData("kube_controller_manager_insecure_port", 0, true)]
    [InlineData("name_of_the_port", "eth0", true)]
    public void I_am_told_which_ports_are_none(string name, object value, bool isPort)
    {
        using var cluster = new SampleCluster().Node("m0", "cew", null, (name, value));

        cluster.Judge("port-numbers").ShouldHaveSingleItem().Status.ShouldBe(isPort ? FindingStatus.Passed : FindingStatus.Failed);
    }

    [Fact]
    public void I_am_told_of_keys_that_come_twice_with_both_lines()
    {
        using var cluster = Cluster()
            .Inventory("group_vars/all.yml", "a: 1\nb:\n  c: 1\n  d: { e: 1, e: 2 }\na: 2\n")
            .Inventory("group_vars/nobody.yml.bak", "a: 1\na: 2\n");

        cluster.Judge("repeated-keys").Select(finding => finding.Message).ShouldBe(
        [
            "inventory/group_vars/all.yml:4: e comes again, after line 4: the last one holds",
            "inventory/group_vars/all.yml:5: a comes again, after line 1: the last one holds",
        ]);
    }

    [Theory]
    [InlineData("group_vars/k8s-cluster/k8s.yml", "the inventory has no group k8s-cluster, so Ansible reads nothing of this. Did you mean k8s_cluster?")]
    [InlineData("group_vars/etdc.yml", "the inventory has no group etdc, so Ansible reads nothing of this. Did you mean etcd?")]
    [InlineData("host_vars/m-0.yml", "the inventory has no host m-0, so Ansible reads nothing of this. Did you mean m0?")]
    [InlineData("group_vars/etcd.ini", "of files here Ansible only reads those that end in .yml, .yaml, .json or have no ending")]
    [InlineData("group_vars/all/k8s.conf", "of files here Ansible only reads those that end in .yml, .yaml, .json or have no ending")]
    [InlineData("group_vars/all/k8s.yml.txt", "of files here Ansible only reads those that end in .yml, .yaml, .json or have no ending")]
    [InlineData("group_vars/all.d/k8s.yml", "the inventory has no group all.d")]
    [InlineData("host_vars/m0.example.com.yml", "the inventory has no host m0.example.com, so Ansible reads nothing of this. Did you mean m0?")]
    [InlineData("groups_vars/all.yml", "inventory/groups_vars: nothing reads this folder. Did you mean group_vars?")]
    [InlineData("host-vars/m0.yml", "inventory/host-vars: nothing reads this folder. Did you mean host_vars?")]
    [InlineData("patches/m0.yml", null)]
    [InlineData("group_vars/all.yml", null)]
    [InlineData("group_vars/all/README.md", null)]
    [InlineData("group_vars/all/k8s.yml.bak", null)]
    [InlineData("group_vars/k8s_cluster/k8s.yml", null)]
    [InlineData("host_vars/localhost.yml", null)]
    public void I_am_told_which_files_nothing_reads(string file, string? problem)
    {
        using var cluster = Cluster().Inventory(file, "a: 1\n");

        var finding = cluster.Judge("unread-files").ShouldHaveSingleItem();

        finding.Status.ShouldBe(problem is null ? FindingStatus.Passed : FindingStatus.Warning);
        finding.Message.ShouldContain(problem ?? "reads every file");
    }

    [Fact]
    public void I_am_told_that_a_folder_takes_the_place_of_a_file()
    {
        using var cluster = Cluster().Inventory("group_vars/all.yml", "a: 1\n").Inventory("group_vars/all/a.yml", "a: 1\n");

        cluster.Judge("unread-files").ShouldHaveSingleItem().Message.ShouldBe("inventory/group_vars/all.yml: nothing reads this file: Ansible reads all/ in its place");
    }

    [Fact]
    public void I_am_told_that_variables_lie_beside_no_inventory()
    {
        using var cluster = Cluster().Inventory("hosts/group_vars/all.yml", "a: 1\n").Inventory("../group_vars/all.yml", "a: 1\n");

        cluster.Judge("unread-files").Select(finding => finding.Message).ShouldBe(
        [
            "group_vars lies beside no inventory that is used, so Ansible reads nothing of it",
            "inventory/hosts/group_vars lies beside no inventory that is used, so Ansible reads nothing of it",
        ]);
    }

    [Fact]
    public void I_am_told_what_Ansible_warns_of()
    {
        using var cluster = Cluster();
        cluster.Warnings = ["Skipping unexpected key (host) in group (all)", "While constructing a mapping, found a duplicate dict key (a)."];

        cluster.Judge("inventory-warnings").ShouldHaveSingleItem().Message.ShouldBe("Ansible warns: Skipping unexpected key (host) in group (all)");
    }

    private static SampleCluster Cluster() => new SampleCluster().Node("m0", "cew", null)
        .File("roles/etcd/tasks/main.yml", Tasks).File("roles/etcd/defaults/main.yml", "etcd_data_dir: /var/lib/etcd\n");

    private static SampleCluster Cluster(string checksum, params (string Name, object Value)[] variables) => new SampleCluster().Node("m0", "cew", null, variables)
        .File("roles/kubespray-defaults/defaults/main/main.yml", "kube_version: v1.27.10\nkube_version_min_required: v1.25.0\n")
        .File("roles/kubespray-defaults/defaults/main/checksums.yml", $"""
            kubelet_checksums:
              arm64:
                v1.27.11: {checksum}
              amd64:
                v1.27.10: {checksum}
                v1.27.9: {checksum}
                v1.25.0: {checksum}
            etcd_binary_checksums:
              amd64:
                v3.5.10: {checksum}
            """)
        .File("roles/kubespray-defaults/defaults/main/download.yml", """
            kubelet_binary_checksum: "{{ kubelet_checksums[image_arch][kube_version] }}"
            etcd_binary_checksum: "{{ etcd_binary_checksums[image_arch][etcd_version] }}"
            """);
}
