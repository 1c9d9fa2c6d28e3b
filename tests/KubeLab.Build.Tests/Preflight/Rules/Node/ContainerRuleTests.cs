using KubeLab.Preflight;

namespace KubeLab.Tests.Preflight;

/// <summary>What Kubespray sets by default and a container can't have.</summary>
public class ContainerRuleTests
{
    private const string Conntrack = "kube_proxy_conntrack_max_per_core";

    // As Kubespray's v2.31.0 has them.
    private const string Kubespray = SampleCluster.Defaults + """
        kube_proxy_conntrack_max_per_core: 32768
        containerd_extra_runtime_args: {}
        containerd_base_runtime_spec_rlimit_nofile: 65535
        containerd_use_systemd_cgroup: true

        """;

    // As KubeLab's lab sets them.
    private static readonly (string, object)[] Fitting = [
        (Conntrack, 0), ("containerd_extra_runtime_args", new { restrict_oom_score_adj = true }),
        ("containerd_base_runtime_spec_rlimit_nofile", 20000), ("containerd_use_systemd_cgroup", false),
    ];

    // One of the lab's on a machine without CAP_SYS_RESOURCE and with control groups version 1.
    private static NodeFacts Container => SampleFacts.Healthy() with
    {
        Container = "lxc",
        Paths = ["/run/systemd/system", "/dev/kmsg"],
        CgroupVersion = 1,
        CanRaiseLimits = false,
        OpenFilesLimit = 20000,
    };

    [Fact]
    public void I_am_told_all_that_Kubespray_stumbles_over_on_a_container()
    {
        using var cluster = new SampleCluster(Kubespray).Node("n", "w", Container with { Paths = [] });

        var findings = cluster.Judge("container");

        findings.Select(finding => (finding.Status, $"{finding.Required}")).ShouldBe([
            (FindingStatus.Failed, "/dev/kmsg"), (FindingStatus.Failed, "0"), (FindingStatus.Failed, "restrict_oom_score_adj"),
            (FindingStatus.Failed, "65535"), (FindingStatus.Warning, "cgroupfs"),
        ]);
        findings.ShouldAllBe(finding => finding.Message.StartsWith("n is a container (lxc)") && finding.Remedy!.Length > 0);
    }

    [Fact]
    public void Nothing_is_said_where_each_is_set_otherwise()
    {
        using var cluster = new SampleCluster(Kubespray).Node("n", "w", Container, Fitting);

        cluster.Judge("container").ShouldHaveSingleItem().Status.ShouldBe(FindingStatus.Passed);
    }

    [Fact]
    public void A_container_that_may_raise_its_limits_needs_less()
    {
        using var cluster = new SampleCluster(Kubespray).Node("n", "w", Container with { CanRaiseLimits = true, CgroupVersion = 2 }, (Conntrack, 0));

        cluster.Judge("container").ShouldHaveSingleItem().Status.ShouldBe(FindingStatus.Passed);
    }

    [Fact]
    public void An_older_release_has_no_variable_for_the_score()
    {
        using var cluster = new SampleCluster($"{SampleCluster.Defaults}{Conntrack}: 0\n").Node("n", "w", Container);

        cluster.Judge("container").ShouldHaveSingleItem().Remedy!.ShouldContain("has no variable for it");
    }

    [Fact]
    public void What_it_does_not_tell_is_no_pass()
    {
        using var cluster = new SampleCluster(Kubespray).Node("n", "w", Container with { CanRaiseLimits = null }, Fitting);
        using var another = new SampleCluster(Kubespray).Node("n", "w", Container with { OpenFilesLimit = null }, Fitting);

        cluster.Judge("container").ShouldHaveSingleItem().Unknown.ShouldBeTrue();
        another.Judge("container").ShouldHaveSingleItem().Unknown.ShouldBeTrue();
    }

    [Fact]
    public void It_is_not_judged_of_a_machine_a_mere_member_of_etcd_or_another_distribution()
    {
        using var machine = new SampleCluster(Kubespray).Node("n", "w", SampleFacts.Healthy());
        using var member = new SampleCluster(Kubespray).Node("n", "e", Container);
        using var other = new SampleCluster().Node("n", "w", Container);

        foreach (var cluster in new[] { machine, member, other })
            cluster.Judge("container").ShouldHaveSingleItem().Status.ShouldBe(FindingStatus.Skipped);
    }

    [Fact]
    public void The_hosts_swap_is_not_the_containers_to_turn_off()
    {
        using var cluster = new SampleCluster().File("roles/kubernetes/preinstall/tasks/0010-swapoff.yml", "---\n")
            .Node("n", "w", Container with { SwapAreas = ["/dev/vda2"] });

        var finding = cluster.Judge("swap").ShouldHaveSingleItem();

        finding.Status.ShouldBe(FindingStatus.Failed);
        finding.Message.ShouldContain("its host's swap");
    }

    // /proc/self/status and /proc/1/limits of a node of the lab, of a usual machine, and what no kernel writes.
    [Theory]
    [InlineData("000001fffefffdff", "20000                20000", false, 20000L)]
    [InlineData("000001ffffffffff", "1024                 524288", true, 524288L)]
    [InlineData("000001ffffffffff", "unlimited            unlimited", true, long.MaxValue)]
    [InlineData("nonsense", "few", null, null)]
    [InlineData("", "-1 -1", null, null)]
    public void I_read_what_a_process_there_may(string bounding, string limits, bool? canRaise, long? files)
    {
        var facts = NodeFactsParser.Parse(
            SampleFacts.Answer(("files", $"/proc/self/status:CapBnd:\t{bounding}\n/proc/1/limits:Max open files            {limits}               files ")), "M")!;

        (facts.CanRaiseLimits, facts.OpenFilesLimit).ShouldBe((canRaise, files));
    }
}
