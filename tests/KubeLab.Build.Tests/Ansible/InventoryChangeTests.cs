using KubeLab.Ansible;

namespace KubeLab.Tests.Ansible;

/// <summary>The real Ansible reads an inventory, and another one that changes it.</summary>
public sealed class InventoryChangeTests : IDisposable
{
    private const string Inventory = """
        [all]
        k8s-m0 ansible_connection=local etcd_member_name=etcd1
        k8s-m1 ansible_connection=local
        k8s-m2 ansible_connection=local
        k8s-m3 ansible_connection=local
        k8s-n0 ansible_connection=local

        [large]
        k8s-m0
        k8s-m1

        [kube_control_plane:children]
        large

        [kube_control_plane]
        k8s-m2

        [etcd:children]
        kube_control_plane

        [kube_node]
        k8s-n0

        [rack1]
        k8s-m0
        """;

    private readonly AnsibleScene scene = new(Inventory);

    public void Dispose() => scene.Dispose();

    [Fact]
    public async Task A_machine_takes_the_roles_of_another_at_the_end_and_nothing_else_of_it()
    {
        scene.Directory.Write("cluster/group_vars/etcd.yml", "of_members: yes it is\n");
        var before = File.ReadAllText(scene.Cluster.InventoryFile);

        var read = await ReadAsync(new InventoryChange
        {
            Takes = new Dictionary<string, string> { ["k8s-m3"] = "k8s-m0" },
            Absent = ["k8s-m0"],
            Variables = Of("k8s-m3", "etcd_member_name", "etcd1"),
        });

        read.ControlPlane.Select(node => node.Name).ShouldBe(["k8s-m2", "k8s-m1", "k8s-m3"]);
        read.EtcdMembers.Select(node => node.Name).ShouldBe(["k8s-m2", "k8s-m1", "k8s-m3"]);
        var spare = read.Named("k8s-m3");
        (spare.Text("of_members"), spare.Text("etcd_member_name"), spare.Groups.Contains("rack1")).ShouldBe(("yes it is", "etcd1", false));
        read.Nodes.Concat(read.Others).ShouldNotContain(node => node.Name == "k8s-m0");
        File.ReadAllText(scene.Cluster.InventoryFile).ShouldBe(before);
    }

    [Fact]
    public async Task A_machine_goes_to_the_end_of_its_groups_and_a_variable_outranks_its_own()
    {
        var read = await ReadAsync(new InventoryChange { Last = ["k8s-m0"], Variables = Of("k8s-m0", "etcd_member_name", "etcd7") });

        read.Groups["large"].ShouldBe(["k8s-m1", "k8s-m0"]);
        read.Named("k8s-m0").Text("etcd_member_name").ShouldBe("etcd7");
        read.Others.Select(node => node.Name).ShouldBe(["k8s-m3"]);
    }

    [Fact]
    public async Task A_playbook_runs_by_the_changed_inventory_and_its_folder_stays_that_of_the_cluster()
    {
        scene.Tasks("- copy: {content: \"{{ groups['kube_control_plane'] | join(' ') }} {{ inventory_dir }}\", dest: \"{{ inventory_dir }}/said\"}\n  run_once: true", "kube_control_plane");
        var change = new InventoryChange { Absent = ["k8s-m2"] };
        var environment = await scene.EnvironmentAsync() with { Change = change.Write(scene.Cluster, "test") };

        var result = await scene.Commands.RunAsync(
            environment.Toolchain.Command(AnsibleFinder.Playbook, [.. environment.InventoryArguments, scene.Distribution.File("cluster.yml")]) with
            { Environment = environment.For(2) }, cancellationToken: TestContext.Current.CancellationToken);

        result.ExitCode.ShouldBe(0, result.StandardOutput + result.StandardError);
        File.ReadAllText(scene.Directory.File("cluster/said")).ShouldBe($"k8s-m0 k8s-m1 {scene.Cluster.Directory}");
    }

    private async Task<KubeLab.Clusters.Inventory> ReadAsync(InventoryChange change) => await new InventoryReader(
        scene.Commands, await scene.EnvironmentAsync() with { Change = change.Write(scene.Cluster, "test") }, scene.Directory.Path).ReadAsync();

    private static Dictionary<string, IReadOnlyDictionary<string, string>> Of(string machine, string variable, string value) =>
        new() { [machine] = new Dictionary<string, string> { [variable] = value } };
}
