using KubeLab.Preflight;

namespace KubeLab.Tests.Preflight;

/// <summary>What the processor, the kernel and the C library have to be able to do.</summary>
public class SystemRulesTests
{
    [Theory]
    [InlineData(2, "calico", "3.31.2", FindingStatus.Passed)]
    [InlineData(1, "calico", "3.31.2", FindingStatus.Failed)]
    [InlineData(1, "calico", "v3.29.1", FindingStatus.Warning)]
    [InlineData(1, "flannel", "3.31.2", FindingStatus.Warning)]
    [InlineData(null, "flannel", "3.31.2", FindingStatus.Warning)]
    public void I_am_told_that_a_processor_is_too_old_for_images(int? level, string plugin, string calico, FindingStatus expected)
    {
        using var cluster = new SampleCluster().Node("n", "w", SampleFacts.Healthy() with { X86Level = level }, ("kube_network_plugin", plugin), ("calico_version", calico));

        var finding = cluster.Judge("processor-level").ShouldHaveSingleItem();

        (finding.Status, finding.Unknown).ShouldBe((expected, level is null));
    }

    [Fact]
    public void I_take_the_newest_Calico_that_the_release_knows_where_only_its_role_can_tell()
    {
        using var cluster = new SampleCluster($"{SampleCluster.Defaults}calico_version: \"{{{{ (calicoctl_binary_checksums['amd64'] | dict2items)[0].key }}}}\"\n")
            .File("roles/kubespray_defaults/vars/main/checksums.yml", "calicoctl_binary_checksums:\n  arm64:\n    3.31.5: sha256:00\n    3.30.1: sha256:00\n")
            .Node("n", "w", SampleFacts.Healthy() with { X86Level = 1 }, ("kube_network_plugin", "calico"));

        cluster.Judge("processor-level").ShouldHaveSingleItem().Message.ShouldEndWith("Calico 3.31.5 is");
    }

    // /proc/cpuinfo of an old virtual machine (kvm64), of one with x86-64-v2, and of a current server.
    [Theory]
    [InlineData(": fpu de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2 ht syscall nx lm constant_tsc nopl cpuid pni cx16 hypervisor lahf_lm", 1)]
    [InlineData(": fpu cx8 cmov mmx fxsr sse sse2 pni ssse3 cx16 sse4_1 sse4_2 popcnt lahf_lm", 2)]
    [InlineData(": fpu cx8 cmov mmx fxsr sse sse2 pni ssse3 cx16 sse4_1 sse4_2 popcnt lahf_lm avx avx2 bmi1 bmi2 f16c fma abm movbe xsave", 3)]
    [InlineData(": fpu cx8 cmov mmx fxsr sse sse2 pni ssse3 cx16 sse4_1 sse4_2 popcnt lahf_lm avx512f avx512bw avx512cd avx512dq avx512vl", 2)]
    [InlineData(": fpu", null)]
    [InlineData("", null)]
    public void I_read_the_level_of_a_processor(string flags, int? expected) =>
        NodeFactsParser.Parse(SampleFacts.Answer(("processor", flags)), "M")!.X86Level.ShouldBe(expected);

    [Theory]
    [InlineData("2.2.3", "2.36", false, FindingStatus.Passed)]
    [InlineData("2.2.3", "2.34", false, FindingStatus.Passed)]
    [InlineData("2.2.3", "2.28", false, FindingStatus.Failed)]
    [InlineData("2.2.3", "2.28", true, FindingStatus.Passed)]
    [InlineData("2.0.0", "2.28", false, FindingStatus.Passed)]
    [InlineData("1.6.7", "2.31", false, FindingStatus.Failed)]
    [InlineData("1.7.27", null, false, FindingStatus.Passed)]
    [InlineData("2.2.3", null, false, FindingStatus.Failed)]
    [InlineData("nonsense", "2.36", false, FindingStatus.Warning)]
    public void I_am_told_that_a_system_is_too_old_for_containerd(string containerd, string? glibc, bool isStatic, FindingStatus expected)
    {
        using var cluster = new SampleCluster().Node(
            "n", "w", SampleFacts.Healthy() with { Glibc = glibc is null ? null : new Version(glibc) },
            ("container_manager", "containerd"), ("containerd_version", containerd), ("containerd_static_binary", isStatic));

        cluster.Judge("glibc").ShouldHaveSingleItem().Status.ShouldBe(expected);
    }

    [Theory]
    [InlineData(128, 8192, false, FindingStatus.Passed)]
    [InlineData(127, 8192, false, FindingStatus.Warning)]
    [InlineData(127, 8192, true, FindingStatus.Passed)]
    [InlineData(128, 8191, true, FindingStatus.Warning)]
    public void I_am_told_that_inotify_is_limited(int instances, int watches, bool isRaised, FindingStatus expected)
    {
        using var cluster = new SampleCluster().File("roles/kubernetes/preinstall/tasks/0080-system-configurations.yml", isRaised ? "fs.inotify.max_user_instances: 8192\n" : "---\n")
            .Node("n", "w", SampleFacts.Healthy() with { InotifyInstances = instances, InotifyWatches = watches });

        cluster.Judge("inotify").ShouldHaveSingleItem().Status.ShouldBe(expected);
    }

    [Theory]
    [InlineData(true, true, FindingStatus.Passed)]
    [InlineData(false, true, FindingStatus.Failed)]
    [InlineData(null, true, FindingStatus.Failed)]
    [InlineData(false, false, FindingStatus.Skipped)]
    public void I_am_told_that_IPv6_is_off(bool? speaks, bool isUsed, FindingStatus expected)
    {
        using var cluster = new SampleCluster().Node("n", "w", SampleFacts.Healthy() with { HasIpv6 = speaks }, ("ipv6_stack", isUsed));

        cluster.Judge("ipv6").ShouldHaveSingleItem().Status.ShouldBe(expected);
    }

    [Theory]
    [InlineData("/proc/sys/net/ipv6/conf/all/disable_ipv6:0", true)]
    [InlineData("/proc/sys/net/ipv6/conf/all/disable_ipv6:1", false)]
    [InlineData("/proc/sys/kernel/osrelease:6.1.0", false)]
    [InlineData("", null)]
    public void I_read_whether_a_kernel_speaks_IPv6(string lines, bool? expected) =>
        NodeFactsParser.Parse(SampleFacts.Answer(("files", lines)), "M")!.HasIpv6.ShouldBe(expected);

    [Theory]
    [InlineData(1, "LimitedSwap", false, "v1.31.4", FindingStatus.Failed)]
    [InlineData(1, "LimitedSwap", false, "v1.29.4", FindingStatus.Warning)]
    [InlineData(2, "LimitedSwap", false, "v1.31.4", FindingStatus.Passed)]
    [InlineData(1, "NoSwap", false, "v1.31.4", FindingStatus.Skipped)]
    [InlineData(1, "LimitedSwap", true, "v1.31.4", FindingStatus.Skipped)]
    [InlineData(null, "LimitedSwap", false, "v1.31.4", FindingStatus.Failed)]
    public void I_am_told_that_pods_cannot_get_swap(int? cgroups, string behavior, bool failsOnSwap, string kubernetes, FindingStatus expected)
    {
        using var cluster = new SampleCluster().Node(
            "m", "cw", SampleFacts.Healthy() with { CgroupVersion = cgroups },
            ("kubelet_fail_swap_on", failsOnSwap), ("kubelet_swap_behavior", behavior), ("kube_version", kubernetes));

        cluster.Judge("swap-behavior").ShouldHaveSingleItem().Status.ShouldBe(expected);
    }

    [Theory]
    [InlineData("/proc/self/mounts:/dev/sda1 /srv/my\\040disk xfs rw,noexec 0 0", "/srv/my disk")]
    [InlineData("/proc/self/mounts:nonsense", null)]
    public void I_read_what_is_mounted(string line, string? expected) =>
        NodeFactsParser.Parse(SampleFacts.Answer(("files", line)), "M")!.Mounts!.Select(mount => mount.Path).FirstOrDefault().ShouldBe(expected);
}
