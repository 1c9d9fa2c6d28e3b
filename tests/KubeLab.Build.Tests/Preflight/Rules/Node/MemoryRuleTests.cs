namespace KubeLab.Tests.Preflight;

public class MemoryRuleTests
{
    private const string Source = "roles/kubernetes/preinstall/defaults/main.yml";

    [Theory]
    [InlineData("w", 1024, "Passed 1024")]
    [InlineData("w", 1023, "Failed 1024")]
    [InlineData("c", 1500, "Passed 1500")]
    [InlineData("c", 1499, "Failed 1500")]
    [InlineData("cw", 1500, "Passed 1500, Passed 1024")]
    [InlineData("cw", 1200, "Failed 1500, Passed 1024")]
    [InlineData("cw", 512, "Failed 1500, Failed 1024")]
    [InlineData("e", 64, "Passed -")]
    [InlineData("ec", 1499, "Failed 1500")]
    [InlineData("ew", 0, "Failed 1024")]
    public void I_judge_memory_by_the_groups_of_a_node(string roles, long memory, string expected)
    {
        using var cluster = new SampleCluster().Node("k8s-m0", roles, SampleFacts.Healthy(memoryMb: memory));

        var findings = cluster.Judge("memory");

        string.Join(", ", findings.Select(finding => $"{finding.Status} {finding.Required?.Value?.ToString() ?? "-"}")).ShouldBe(expected);
    }

    [Fact]
    public void I_am_told_node_figure_threshold_and_where_it_comes_from()
    {
        using var cluster = new SampleCluster().Node("k8s-n1", "w", SampleFacts.Healthy(memoryMb: 512));

        var finding = cluster.Judge("memory").ShouldHaveSingleItem();

        finding.Status.ShouldBe(FindingStatus.Failed);
        finding.Node.ShouldBe("k8s-n1");
        finding.Observed.ShouldBe(Measure.Of(512, "MB"));
        finding.Required.ShouldBe(Measure.Of(1024, "MB"));
        finding.Source.ShouldBe(new FindingSource(Source, 3));
        finding.Remedy.ShouldBe("Give k8s-n1 at least 1024 MB, or lower minimal_node_memory_mb in inventory/group_vars/all.yml.");
    }

    [Fact]
    public void I_am_told_the_file_and_line_of_an_override()
    {
        using var cluster = new SampleCluster().Inventory("group_vars/all.yml", "---\n# a comment\nminimal_node_memory_mb: 3000\n")
            .Node("k8s-n1", "w", SampleFacts.Healthy(memoryMb: 2048), ("minimal_node_memory_mb", 3000));

        var finding = cluster.Judge("memory").ShouldHaveSingleItem();

        finding.Required.ShouldBe(Measure.Of(3000, "MB"));
        finding.Source.ShouldBe(new FindingSource("inventory/group_vars/all.yml", 3));
        finding.Remedy!.ShouldContain("lower minimal_node_memory_mb in inventory/group_vars/all.yml:3");
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData("false", true)]
    [InlineData("no", true)]
    [InlineData(1, true)]
    [InlineData(false, false)]
    [InlineData("", false)]
    [InlineData(0, false)]
    public void I_find_the_check_switched_off_where_Ansible_would(object ignore, bool isOff)
    {
        using var cluster = new SampleCluster().Node("k8s-n1", "w", SampleFacts.Healthy(memoryMb: 512), ("ignore_assert_errors", ignore));

        cluster.Judge("memory").ShouldHaveSingleItem().Status.ShouldBe(isOff ? FindingStatus.Skipped : FindingStatus.Failed);
    }

    [Fact]
    public void I_am_told_that_a_threshold_is_text()
    {
        using var cluster = new SampleCluster().Node("k8s-n1", "w", SampleFacts.Healthy(), ("minimal_node_memory_mb", "1024"));

        var finding = cluster.Judge("memory").ShouldHaveSingleItem();

        finding.Status.ShouldBe(FindingStatus.Failed);
        finding.Remedy!.ShouldStartWith("Write it without quotes: minimal_node_memory_mb: 1024");
    }

    [Theory]
    [InlineData(-1)]
    [InlineData("much")]
    [InlineData(true)]
    public void I_am_told_that_a_threshold_makes_no_sense(object threshold)
    {
        using var cluster = new SampleCluster().Node("k8s-n1", "w", SampleFacts.Healthy(), ("minimal_node_memory_mb", threshold));

        var finding = cluster.Judge("memory").ShouldHaveSingleItem();

        finding.Status.ShouldBe(FindingStatus.Failed);
        finding.Remedy!.ShouldStartWith("Correct minimal_node_memory_mb in inventory/inventory.ini");
    }

    [Fact]
    public void I_am_told_that_a_threshold_is_a_template_that_nobody_resolved()
    {
        using var cluster = new SampleCluster().Node("k8s-n1", "w", SampleFacts.Healthy(memoryMb: 1), ("minimal_node_memory_mb", "{{ base * 2 }}"));

        var finding = cluster.Judge("memory").ShouldHaveSingleItem();

        finding.Status.ShouldBe(FindingStatus.Failed);
        finding.Unknown.ShouldBeTrue();
        finding.Message.ShouldStartWith("k8s-n1: unknown: minimal_node_memory_mb is {{ base * 2 }}");
    }

    [Fact]
    public void I_am_told_that_neither_inventory_nor_distribution_has_a_threshold()
    {
        using var cluster = new SampleCluster(defaults: "---\n").Node("k8s-n1", "w", SampleFacts.Healthy(memoryMb: 1));

        cluster.Judge("memory").ShouldHaveSingleItem().Status.ShouldBe(FindingStatus.Skipped);
    }

    [Fact]
    public void I_am_told_that_a_node_does_not_say_its_memory()
    {
        using var cluster = new SampleCluster().Node("k8s-n1", "w", SampleFacts.Healthy() with { MemoryTotalKb = null });

        var finding = cluster.Judge("memory").ShouldHaveSingleItem();

        finding.Status.ShouldBe(FindingStatus.Failed);
        finding.Message.ShouldBe("k8s-n1: unknown: its /proc/meminfo gives no MemTotal");
    }

    [Theory]
    [InlineData("[]", "Passed 1500, Failed 1700")]
    [InlineData("[Mem]", "Passed 1500")]
    [InlineData("[all]", "Passed 1500")]
    [InlineData("[NumCPU]", "Passed 1500, Failed 1700")]
    public void I_judge_a_control_plane_by_kubeadm_too_where_the_distribution_lets_it_check(string ignored, string expected)
    {
        using var cluster = new SampleCluster().File("roles/kubernetes/kubeadm_common/defaults/main.yml", $"kubeadm_ignore_preflight_errors: {ignored}\n")
            .Node("k8s-m0", "c", SampleFacts.Healthy(memoryMb: 1600));

        string.Join(", ", cluster.Judge("memory").Select(finding => $"{finding.Status} {finding.Required?.Value}")).ShouldBe(expected);
    }

    [Fact]
    public void I_do_not_judge_by_kubeadm_a_node_that_it_will_not_initialise()
    {
        using var cluster = new SampleCluster().File("roles/kubernetes/kubeadm_common/defaults/main.yml", "kubeadm_ignore_preflight_errors: []\n")
            .Node("k8s-m0", "c", SampleFacts.Healthy(memoryMb: 1600) with { Paths = ["/etc/kubernetes/kubelet.conf"] })
            .Node("k8s-m1", "c", SampleFacts.Healthy(memoryMb: 1600) with { Container = "lxc" })
            .Node("k8s-n0", "w", SampleFacts.Healthy(memoryMb: 1600));

        cluster.Judge("memory").ShouldAllBe(finding => finding.Status == FindingStatus.Passed);
    }
}
