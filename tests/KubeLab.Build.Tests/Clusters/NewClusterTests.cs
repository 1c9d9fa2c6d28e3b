using KubeLab.Clusters;
using KubeLab.Preflight;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Clusters;

public class NewClusterTests : IDisposable
{
    // In the shape of Kubespray's samples up to v2.26, and from v2.27 on.
    private const string EarlySample = "# all hosts\n[all]\n# node1 ansible_host=192.0.2.1\n\n[kube_control_plane]\n# node1\n\n[etcd]\n# node1\n\n[kube_node]\n# node2\n\n[calico_rr]\n\n[k8s_cluster:children]\nkube_control_plane\nkube_node\ncalico_rr\n";
    private const string LateSample = "# stacked etcd\n[kube_control_plane]\n# node1 ansible_host=192.0.2.1\n\n[etcd:children]\nkube_control_plane\n\n[kube_node]\n# node4 ansible_host=192.0.2.4\n";

    private static readonly Dictionary<string, SettingValue> Nothing = [];
    private readonly TemporaryDirectory root = new();

    public static TheoryData<string> Samples => [EarlySample, LateSample];

    [Theory, MemberData(nameof(Samples))]
    public async Task I_get_a_cluster_from_the_releases_own_sample(string sample)
    {
        var cluster = New(sample, ["192.0.2.10", "192.0.2.11", "192.0.2.12", "worker-a=192.0.2.20"], controlPlanes: 3);

        var inventory = await RealAnsible.ReadAsync(cluster, root);
        inventory.ControlPlane.Select(node => node.Name).ShouldBe(["k8s-m0", "k8s-m1", "k8s-m2"]);
        inventory.EtcdMembers.Select(node => node.Text("etcd_member_name")).ShouldBe(["etcd1", "etcd2", "etcd3"]);
        inventory.Workers.Select(node => (node.Name, node.Address)).ShouldBe([("worker-a", "192.0.2.20")]);
        var report = await RealAnsible.ValidateAsync(cluster, inventory, root);
        report.Findings.Where(finding => finding.Status == FindingStatus.Failed).ShouldBeEmpty();
        report.Succeeded.ShouldBeTrue();
    }

    [Theory]
    [InlineData(2, "etcd1")]
    [InlineData(4, "etcd1,etcd2,etcd3")]
    public void Etcd_has_an_odd_number_of_members(int controlPlanes, string members)
    {
        foreach (var sample in new[] { EarlySample, LateSample })
        {
            var text = SampleInventory.Fill(sample, NewClusterPlan.Parse("mine", ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4", "192.0.2.5"], controlPlanes));

            string.Join(',', text.Split('\n', ' ').Where(word => word.StartsWith("etcd_member_name=", StringComparison.Ordinal)).Select(word => word.Split('=')[1])).ShouldBe(members);
            text.Split('\n').ShouldNotContain("[etcd:children]");
        }
    }

    [Fact]
    public void Every_line_of_the_sample_stays()
    {
        var filled = SampleInventory.Fill(LateSample, NewClusterPlan.Parse("mine", ["192.0.2.1", "192.0.2.2"], 1)).Split('\n');

        foreach (var line in LateSample.Split('\n'))
            filled.ShouldContain(line);
        filled.ShouldContain("k8s-m0 ansible_host=192.0.2.1 etcd_member_name=etcd1");
    }

    [Fact]
    public void A_single_machine_is_everything()
    {
        var plan = NewClusterPlan.Parse("mine", ["192.0.2.1"], 1);

        (plan.ControlPlane.Count, plan.EtcdMembers.Count, plan.Workers.Single().Name).ShouldBe((1, 1, "k8s-m0"));
    }

    [Fact]
    public void The_folder_holds_the_samples_variables_and_the_pinned_version()
    {
        var cluster = New(LateSample, ["192.0.2.10", "192.0.2.20"], 1);

        File.ReadAllText(Path.Combine(cluster.Directory, "group_vars/all/all.yml")).ShouldBe("---\n# what it means\nbin_dir: /usr/local/bin\n");
        Directory.Exists(Path.Combine(cluster.Directory, "credentials")).ShouldBeFalse();
        (cluster.Settings.Distribution, cluster.Settings.Kubespray.Version, cluster.Settings.Kubespray.Url).ShouldBe(("kubespray", "v2.27.1", "https://git.example/kubespray.git"));
    }

    [Fact]
    public void A_folder_that_is_there_is_never_touched()
    {
        New(LateSample, ["192.0.2.10", "192.0.2.20"], 1);
        root.Write("inventory/mine/inventory.ini", "mine\n");

        Should.Throw<UserError>(() => New(LateSample, ["192.0.2.10"], 1)).Message.ShouldContain("inventory/mine is there already");

        File.ReadAllText(root.File("inventory/mine/inventory.ini")).ShouldBe("mine\n");
        Directory.GetFileSystemEntries(root.File(".nuke/temp")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(null, "192.0.2.1", 1, "has no name")]
    [InlineData("../etc", "192.0.2.1", 1, "is no name for a cluster")]
    [InlineData("mine", "", 1, "has no nodes")]
    [InlineData("mine", "192.0.2.1", 2, "2 control plane nodes of 1 nodes")]
    [InlineData("mine", "a=192.0.2.1,a=192.0.2.2", 1, "The name a comes 2 times")]
    [InlineData("mine", "192.0.2.1,192.0.2.1", 1, "The address 192.0.2.1 comes 2 times")]
    [InlineData("mine", "Node_1=192.0.2.1", 1, "Node_1 is no name for a node")]
    [InlineData("mine", "a=192.0.2.1 ansible_user=x", 1, "is no address of a node")]
    public void I_am_told_what_cannot_become_a_cluster(string? name, string nodes, int controlPlanes, string says) =>
        Should.Throw<UserError>(() => NewClusterPlan.Parse(name, nodes.Split(',', StringSplitOptions.RemoveEmptyEntries), controlPlanes)).Problem.ShouldContain(says);

    public void Dispose() => root.Dispose();

    private Cluster New(string sample, IReadOnlyList<string> nodes, int controlPlanes)
    {
        root.Write("kubespray/cluster.yml", "---\n");
        root.Write("kubespray/inventory/sample/inventory.ini", sample);
        root.Write("kubespray/inventory/sample/group_vars/all/all.yml", "---\n# what it means\nbin_dir: /usr/local/bin\n");
        root.Write("kubespray/inventory/sample/credentials/secret", "s");
        var kubespray = new KubespraySettings { Version = "v2.27.1", Url = "https://git.example/kubespray.git" };
        new NewClusterWriter(root.Path).Write(NewClusterPlan.Parse("mine", nodes, controlPlanes), root.File("kubespray"), kubespray);
        return new ClusterLocator(root.Path).Find("mine", Nothing, Nothing);
    }
}
