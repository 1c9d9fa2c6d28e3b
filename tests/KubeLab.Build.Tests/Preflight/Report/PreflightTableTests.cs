using KubeLab.Preflight;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Preflight;

public class PreflightTableTests
{
    [Fact]
    public void I_read_the_story_of_a_node_that_is_too_small()
    {
        using var cluster = new SampleCluster().Inventory("group_vars/all.yml", "---\n");
        cluster.Node("k8s-m0", "ce", SampleFacts.Healthy(10, memoryMb: 2048)).Node("k8s-n0", "w", SampleFacts.Healthy(20, memoryMb: 2048)).Node("k8s-n1", "w", SampleFacts.Healthy(21, memoryMb: 512));
        cluster.Options = new PreflightOptions { Checks = ["memory"] };

        Shown(cluster.Report(), "./build.sh Deploy --resume").ShouldBe("""
              node    memory   required  from
              k8s-m0  2048 MB  1500 MB   roles/kubernetes/preinstall/defaults/main.yml:4
              k8s-n0  2048 MB  1024 MB   roles/kubernetes/preinstall/defaults/main.yml:3
            ✗ k8s-n1   512 MB  1024 MB   roles/kubernetes/preinstall/defaults/main.yml:3
                  Give k8s-n1 at least 1024 MB, or lower minimal_node_memory_mb in inventory/group_vars/all.yml.
                  Then go on with: ./build.sh Deploy --resume

            """);
    }

    [Fact]
    public void I_see_how_the_other_checks_of_a_node_ended()
    {
        using var cluster = new SampleCluster().Node("k8s-m0", "ce", SampleFacts.Healthy(10)).Node("k8s-n1", "w", SampleFacts.Healthy(21) with { SwapAreas = ["/swapfile"], Services = [] });

        var shown = Shown(cluster.Report());

        shown.ShouldContain(" 1 ! 1 ✗\n");
        shown.ShouldContain("✗ k8s-n1 has swap on (/swapfile), and the kubelet stops on it");
        shown.ShouldContain("! k8s-n1: no time service runs, so its clock will drift");
        shown.IndexOf('✗', shown.IndexOf('\n', StringComparison.Ordinal)).ShouldBeLessThan(shown.IndexOf("! k8s-n1", StringComparison.Ordinal));
    }

    [Fact]
    public void I_see_a_node_that_was_not_reached()
    {
        using var cluster = new SampleCluster().Node("k8s-m0", "ce", SampleFacts.Healthy(10)).Node("k8s-n1", "w", null);

        Shown(cluster.Report()).ShouldContain("✗ k8s-n1 (k8s-n1) was not reached: it gave no answer");
    }

    [Fact]
    public void I_am_warned_of_nothing_on_a_healthy_cluster()
    {
        using var cluster = new SampleCluster().Node("k8s-m0", "ce", SampleFacts.Healthy(10)).Node("k8s-n0", "w", SampleFacts.Healthy(20));

        var shown = Shown(cluster.Report());

        shown.ShouldNotContain("✗");
        shown.ShouldNotContain("!");
        shown.ShouldNotContain("Then go on");
    }

    [Fact]
    public void I_read_no_more_than_100_columns_whatever_the_nodes_are_called()
    {
        using var cluster = new SampleCluster();
        cluster.Node(new string('n', 200), "w", SampleFacts.Healthy(memoryMb: 123_456_789)).Node("\u001b[31mred", "w", SampleFacts.Healthy(memoryMb: 1));
        cluster.Inventory("group_vars/all.yml", "---\n");

        var table = Shown(cluster.Report()).Split('\n').Where(line => line.Contains(" MB", StringComparison.Ordinal) && line.Contains("roles/", StringComparison.Ordinal));

        table.ShouldAllBe(line => line.Length <= 100 && !line.Contains('\u001b'));
    }

    [Fact]
    public void I_read_no_more_than_100_columns_whatever_is_wrong_with_many_nodes_of_long_names()
    {
        using var cluster = new SampleCluster();
        for (var i = 0; i < 60; i++)
        {
            var facts = SampleFacts.Healthy(i, memoryMb: 100 + i) with
            {
                SwapAreas = [$"/{new string('s', 150)}"],
                Services = [],
                UfwEnabled = true,
                MachineId = "1",
                HostName = $"{new string('h', 63)}",
                Become = BecomeOutcome.Refused,
                BecomeMessage = "sudo: " + new string('x', 300),
                NameServers = [],
            };
            cluster.Node($"worker-{i:00}-{new string('n', 53)}", "w", i % 10 == 0 ? null : facts);
        }

        var lines = Shown(cluster.Report()).Split('\n');

        lines.Length.ShouldBeGreaterThan(200);
        lines.ShouldAllBe(line => line.Length <= 100);
    }

    [Fact]
    public void I_read_once_what_is_said_of_several_nodes_in_the_same_words()
    {
        using var cluster = new SampleCluster();
        foreach (var name in new[] { "k8s-m0", "k8s-n0", "k8s-n1" })
            cluster.Node(name, name == "k8s-m0" ? "ce" : "w", SampleFacts.Healthy(name[^1]) with { SwapAreas = ["/swapfile"], HostName = name });

        var shown = Shown(cluster.Report());

        shown.Split("has swap on").Length.ShouldBe(2);
        shown.ShouldContain("✗ k8s-m0 has swap on (/swapfile), and the kubelet stops on it");
        shown.ShouldContain("      The same of k8s-n0, k8s-n1.\n      Turn it off (swapoff -a");
    }

    [Fact]
    public void I_read_why_the_memory_of_a_node_was_not_judged()
    {
        using var cluster = new SampleCluster().Node("k8s-n1", "w", SampleFacts.Healthy(), ("minimal_node_memory_mb", "{{ base }}"));

        string.Join(' ', Shown(cluster.Report()).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries)).ShouldContain(
            "✗ k8s-n1: unknown: minimal_node_memory_mb is {{ base }}: it is a template, and only Ansible can resolve it Not judged: memory.");
    }

    [Fact]
    public void I_read_once_what_a_broken_answer_leaves_unknown_with_the_names_of_the_checks()
    {
        using var cluster = new SampleCluster().Node("k8s-n0", "w", SampleFacts.Healthy(20) with { Broken = Cut }).Node("k8s-n1", "w", SampleFacts.Healthy(21) with { Broken = Cut });

        var shown = Shown(cluster.Report());

        shown.Split("k8s-n0: unknown: the part disks of its answer").Length.ShouldBe(2);
        shown.ShouldContain("      Not judged: disk, inodes.\n      The same of k8s-n1.\n      Run the check again.");
        cluster.Report().Summary.ShouldEndWith("; 4 could not be judged");
    }

    [Fact]
    public void I_see_all_failures_of_a_thousand_nodes_and_only_count_the_others()
    {
        using var cluster = new SampleCluster();
        for (var i = 0; i < 1000; i++)
            cluster.Node($"n{i}", "w", SampleFacts.Healthy(memoryMb: i % 2 == 0 ? 512 : 4096));
        cluster.Options = new PreflightOptions { Checks = ["memory"] };

        var lines = Shown(cluster.Report()).Split('\n');

        lines.Count(line => line.StartsWith("✗ n", StringComparison.Ordinal)).ShouldBe(500);
        lines.ShouldContain("  and 500 more nodes, of which nothing is to be said");
    }

    [Fact]
    public void I_may_have_warnings_count_as_failures()
    {
        using var cluster = new SampleCluster().Node("k8s-m0", "cew", SampleFacts.Healthy(10) with { Services = [] });

        var report = cluster.Report();

        report.Findings.Where(finding => finding.Status == FindingStatus.Failed).ShouldBeEmpty();
        (report with { Strict = true }).Succeeded.ShouldBeFalse();
        Shown(report with { Strict = true }).ShouldContain("✗ k8s-m0: no time service runs");
    }

    private static readonly Dictionary<string, string> Cut = new() { ["disks"] = "it was cut off" };

    private static string Shown(PreflightReport report, string? goOnWith = null)
    {
        var text = new StringWriter();
        new PreflightTable(Consoles.Into(text)).Show(report, goOnWith);
        return text.ToString();
    }
}
