using KubeLab.Clusters;
using KubeLab.Distributions;
using KubeLab.Runs;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Runs;

public class FingerprintTests
{
    [Fact]
    public void It_is_the_same_through_a_link_and_another_where_a_file_has_changed()
    {
        using var directory = new TemporaryDirectory();
        directory.Write("tree/cluster.yml", "- hosts: all\n");
        directory.Write("real/inventory.ini", "[all]\n");
        directory.Write("real/group_vars/all.yml", "a: 1\n");
        Directory.CreateSymbolicLink(directory.File("link"), directory.File("real"));
        Directory.CreateSymbolicLink(directory.File("tree-link"), directory.File("tree"));

        var real = Of(directory, "real", "tree");
        var linked = Of(directory, "link", "tree-link");
        directory.Write("real/group_vars/all.yml", "a: 2\n");
        var changed = Of(directory, "real", "tree");

        linked.ShouldBe(real);
        changed.Where(part => real[part.Key] != part.Value).Select(part => part.Key).ShouldBe(["group_vars and host_vars"]);
    }

    private static IReadOnlyDictionary<string, string> Of(TemporaryDirectory directory, string cluster, string tree) => Fingerprint.Of(
        new Cluster("mine", directory.File(cluster), directory.File($"{cluster}/inventory.ini"), new ClusterSettings(), directory.File("artifacts")),
        Distribution.Open("a small one", directory.File(tree)), "2.14", "1");
}
