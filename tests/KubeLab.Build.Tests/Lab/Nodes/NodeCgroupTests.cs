using CsCheck;
using KubeLab.Lab;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Lab;

public sealed class NodeCgroupTests : IDisposable
{
    private readonly TemporaryDirectory root = new();

    public void Dispose() => root.Dispose();

    [Theory]
    [InlineData("536870912\n", 536870912L)]
    [InlineData("max\n", null)]
    [InlineData("9223372036854771712\n", null)] // version 1's "no limit"
    [InlineData("", null)]
    [InlineData("-1\n", null)]
    public void I_can_read_a_number_of_either_version(string text, long? expected) => NodeCgroup.ParseNumber(text).ShouldBe(expected);

    [Fact]
    public void I_can_read_one_line_of_the_statistics()
    {
        const string Text = "cache 4096\ninactive_file 12\ntotal_inactive_file 8192\n";

        NodeCgroup.ParseStatistic(Text, "total_inactive_file").ShouldBe(8192);
        NodeCgroup.ParseStatistic(Text, "inactive_file").ShouldBe(12);
        NodeCgroup.ParseStatistic(Text, "nothing").ShouldBeNull();
    }

    [Fact]
    public void No_statistics_throw() => Gen.String.Sample(text => { NodeCgroup.ParseStatistic(text, "cache"); });

    [Fact]
    public void The_memory_of_a_node_is_found_in_version_1()
    {
        root.Write("memory/kubelab/k8s-n1/memory.limit_in_bytes", "536870912\n");
        root.Write("memory/kubelab/k8s-n1/memory.usage_in_bytes", "100000\n");
        root.Write("memory/kubelab/k8s-n1/memory.stat", "inactive_file 1\ntotal_inactive_file 40000\n");

        var node = new NodeCgroup("k8s-n1", CgroupVersion.V1, root.Path);

        node.MemoryLimit().ShouldBe(536870912);
        node.MemoryUsed().ShouldBe(60000);
    }

    [Fact]
    public void The_memory_of_a_node_is_found_in_version_2()
    {
        root.Write("kubelab/k8s-n1/memory.max", "max\n");
        root.Write("kubelab/k8s-n1/memory.current", "100000\n");
        root.Write("kubelab/k8s-n1/memory.stat", "inactive_file 30000\n");

        var node = new NodeCgroup("k8s-n1", CgroupVersion.V2, root.Path);

        node.MemoryLimit().ShouldBeNull();
        node.MemoryUsed().ShouldBe(70000);
    }

    [Theory]
    [InlineData(CgroupVersion.V1, "cpu/kubelab/cpu.shares", 3, "3072")]
    [InlineData(CgroupVersion.V1, "cpu/kubelab/cpu.shares", 0, "1024")]
    [InlineData(CgroupVersion.V2, "kubelab/cpu.weight", 5, "500")]
    [InlineData(CgroupVersion.V2, "kubelab/cpu.weight", 500, "10000")] // the kernel takes no more
    public void Nodes_get_the_processors_as_so_many_machines_do(CgroupVersion version, string file, int nodes, string expected)
    {
        root.Write(file, "by itself\n");

        NodeCgroup.ShareProcessors(nodes, version, root.Path);

        File.ReadAllText(root.File(file)).ShouldBe(expected);
    }

    [Theory]
    [InlineData(CgroupVersion.V1)]
    [InlineData(CgroupVersion.V2)]
    public void Where_processors_are_not_shared_out_nothing_is_made(CgroupVersion version)
    {
        NodeCgroup.ShareProcessors(3, version, root.Path);

        Directory.GetFileSystemEntries(root.Path).ShouldBeEmpty();
    }

    [Fact]
    public void A_node_that_does_not_run_has_no_figures()
    {
        var node = new NodeCgroup("k8s-n1", CgroupVersion.V2, root.Path);

        node.MemoryLimit().ShouldBeNull();
        node.MemoryUsed().ShouldBeNull();
    }

    [Fact]
    public void Version_2_is_never_asked_to_shrink_below_what_is_in_use()
    {
        root.Write("kubelab/k8s-n1/memory.max", "1073741824\n");
        root.Write("kubelab/k8s-n1/memory.current", "700000000\n");
        root.Write("kubelab/k8s-n1/memory.stat", "inactive_file 0\n");

        new NodeCgroup("k8s-n1", CgroupVersion.V2, root.Path).TrySetMemoryLimit(536870912).ShouldBeFalse();

        File.ReadAllText(root.File("kubelab/k8s-n1/memory.max")).ShouldBe("1073741824\n");
    }

    [Fact]
    public void The_version_is_the_one_that_limits_memory()
    {
        NodeCgroup.DetectVersion(root.Path).ShouldBeNull();

        // The unified hierarchy beside version 1, with no controller of its own.
        root.Write("cgroup.controllers", "cpu io\n");
        NodeCgroup.DetectVersion(root.Path).ShouldBeNull();
        root.Write("cgroup.controllers", "cpu io memory pids\n");
        NodeCgroup.DetectVersion(root.Path).ShouldBe(CgroupVersion.V2);
        root.Write("memory/memory.limit_in_bytes", "9223372036854771712\n");
        NodeCgroup.DetectVersion(root.Path).ShouldBe(CgroupVersion.V1);
    }

    [Fact]
    public void Removing_a_node_leaves_the_groups_of_other_nodes_alone_even_empty_ones()
    {
        foreach (var group in new[] { "kubelab/gone/system.slice", "kubelab.monitor/gone", "kubelab/other/kubepods/besteffort" })
            Directory.CreateDirectory(root.File($"memory/{group}"));

        new NodeCgroup("gone", CgroupVersion.V1, root.Path).Remove();
        NodeCgroup.RemoveParents(CgroupVersion.V1, root.Path);

        Directory.Exists(root.File("memory/kubelab/gone")).ShouldBeFalse();
        Directory.Exists(root.File("memory/kubelab.monitor")).ShouldBeFalse();
        Directory.Exists(root.File("memory/kubelab/other/kubepods/besteffort")).ShouldBeTrue();
    }
}
