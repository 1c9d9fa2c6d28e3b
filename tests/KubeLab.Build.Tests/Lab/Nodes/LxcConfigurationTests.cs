using KubeLab.Lab;

namespace KubeLab.Tests.Lab;

public class LxcConfigurationTests
{
    private static readonly LabFolder Folder = new("/var/lib/kubelab/lab");

    [Fact]
    public void A_node_has_its_name_its_address_and_its_place_on_the_bridge()
    {
        var lines = Configuration(SampleLab.Node("k8s-n1", "192.0.2.21", 512)).ToString().Split('\n');

        lines.ShouldContain("lxc.uts.name = k8s-n1");
        lines.ShouldContain("lxc.net.0.link = kubelab0");
        lines.ShouldContain("lxc.net.0.veth.pair = kubelab0-21");
        lines.ShouldContain("lxc.net.0.ipv4.address = 192.0.2.21/24");
        lines.ShouldContain("lxc.net.0.ipv4.gateway = 192.0.2.1");
        lines.ShouldContain("lxc.net.0.hwaddr = 02:4b:4c:00:00:15");
    }

    [Fact]
    public void Its_policy_of_system_calls_is_the_labs_own() =>
        Configuration(SampleLab.Node()).Fixed.ShouldContain("lxc.seccomp.profile = /var/lib/kubelab/lab/seccomp\n");

    [Theory]
    [InlineData(CgroupVersion.V1, "lxc.cgroup.memory.limit_in_bytes = 536870912\n")]
    [InlineData(CgroupVersion.V2, "lxc.cgroup2.memory.max = 536870912\n")]
    public void Memory_is_limited_in_the_words_of_this_machines_control_groups(CgroupVersion cgroups, string expected) =>
        Configuration(SampleLab.Node(memoryMb: 512), cgroups).Memory.ShouldBe(expected);

    [Fact]
    public void Only_the_keys_of_one_version_of_control_groups_are_used() =>
        Configuration(SampleLab.Node(), CgroupVersion.V2).ToString().Split('\n')
            .ShouldNotContain(line => line.StartsWith("lxc.cgroup.memory", StringComparison.Ordinal) || line.StartsWith("lxc.cgroup.devices", StringComparison.Ordinal));

    [Fact]
    public void Each_line_is_a_comment_empty_or_a_key_with_a_value()
    {
        var lines = Configuration(SampleLab.Node() with { Cpus = 2 }).ToString().Split('\n');

        lines.ShouldAllBe(line => line.Length == 0 || line[0] == '#' || (line.StartsWith("lxc.", StringComparison.Ordinal) && line.Contains(" =", StringComparison.Ordinal)));
    }

    [Fact]
    public void Processors_are_a_set_and_all_of_them_when_nothing_is_said()
    {
        Configuration(SampleLab.Node() with { Cpus = 1 }).Fixed.ShouldContain("lxc.cgroup.cpuset.cpus = 0\n");
        Configuration(SampleLab.Node() with { Cpus = 4 }).Fixed.ShouldContain("lxc.cgroup.cpuset.cpus = 0-3\n");
        Configuration(SampleLab.Node()).Fixed.ShouldNotContain("cpuset");
    }

    [Fact]
    public void Another_size_needs_no_restart()
    {
        var before = Configuration(SampleLab.Node(memoryMb: 512)).ToString();

        Configuration(SampleLab.Node(memoryMb: 1024)).DiffersAtMostInMemory(before).ShouldBeTrue();
    }

    [Theory]
    [InlineData("k8s-m0", "192.0.2.11")]
    [InlineData("k8s-m1", "192.0.2.10")]
    public void Another_name_or_address_needs_a_restart(string name, string address)
    {
        var before = Configuration(SampleLab.Node()).ToString();

        Configuration(SampleLab.Node(name, address)).DiffersAtMostInMemory(before).ShouldBeFalse();
    }

    [Fact]
    public void A_configuration_that_was_cut_off_needs_a_restart()
    {
        var whole = Configuration(SampleLab.Node());

        whole.DiffersAtMostInMemory(whole.Fixed[..^20]).ShouldBeFalse();
        whole.DiffersAtMostInMemory("").ShouldBeFalse();
    }

    [Fact]
    public void The_longest_names_of_interfaces_fit_the_kernel() =>
        SampleLab.Network.PortOf(SampleLab.Node(address: "192.0.2.254")).Length.ShouldBeLessThanOrEqualTo(15);

    private static LxcConfiguration Configuration(LabNode node, CgroupVersion cgroups = CgroupVersion.V1) =>
        LxcConfiguration.For(node, SampleLab.Network, Folder, cgroups);
}
