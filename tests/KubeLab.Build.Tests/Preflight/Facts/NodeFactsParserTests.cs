using System.Net;
using KubeLab.Preflight;

namespace KubeLab.Tests.Preflight;

/// <summary>
/// The samples debian-12-* and debian-13 are recorded from real systems, the others built from the documented formats of theirs: samples/README.md says which is which.
/// </summary>
public class NodeFactsParserTests
{
    [Fact]
    public void I_can_read_a_control_plane_node_with_Debian_12()
    {
        var facts = SampleFacts.Recorded("debian-12-control-plane");

        facts.Complete.ShouldBeTrue();
        facts.Become.ShouldBe(BecomeOutcome.Worked);
        facts.UserId.ShouldBe(0);
        facts.MemoryMb.ShouldBe(2048);
        facts.SwapAreas.ShouldBe([]);
        facts.Cpus.ShouldBe(2);
        facts.Machine.ShouldBe("x86_64");
        facts.OperatingSystem.ShouldBe(new OsRelease("debian", "12", "Debian GNU/Linux 12 (bookworm)"));
        facts.RunsSystemd.ShouldBeTrue();
        facts.Container.ShouldBe("lxc");
        facts.CgroupVersion.ShouldBe(1);
        facts.Python!.Version.ShouldBe(new Version(3, 11));
        facts.HostName.ShouldBe("k8s-m0");
        facts.MachineId!.Length.ShouldBe(32);
        facts.DefaultRoutes.ShouldBe(["eth0"]);
        facts.NameServers.ShouldBe([]);
        facts.HeldPackageLocks.ShouldBe([]);
        facts.HasJoinedCluster.ShouldBeTrue();
        facts.HasEtcdData.ShouldBeTrue();
        facts.ApiServer.ShouldBe("https://10.86.0.10:6443");
        facts.ClusterCertificate!.ShouldStartWith("-----BEGIN CERTIFICATE-----\n");
        PemFingerprint.Of(facts.ClusterCertificate!).ShouldNotBe(PemFingerprint.Of(facts.EtcdCertificate!));
        facts.Services.ShouldBe(["kubelet", "etcd", "containerd"]);
        facts.LoadedModules.ShouldBe(["overlay", "nf_conntrack"]);
        facts.Clock!.ProbeDuration!.Value.TotalSeconds.ShouldBe(0.05, tolerance: 0.001);
    }

    [Fact]
    public void I_see_who_listens_on_the_ports_of_a_control_plane_node()
    {
        var ports = SampleFacts.Recorded("debian-12-control-plane").ListeningPorts!;

        ports.Single(port => port.Port == 6443).ShouldBe(new ListeningPort(IPAddress.IPv6Any, 6443, "kube-apiserver"));
        ports.Single(port => port.Port == 2380).ShouldBe(new ListeningPort(IPAddress.Parse("10.86.0.10"), 2380, "etcd"));
        ports.Single(port => port.Port == 10257).Owner.ShouldBe("kube-controller");
    }

    [Fact]
    public void I_see_the_addresses_and_file_systems_of_a_node()
    {
        var facts = SampleFacts.Recorded("debian-12-control-plane");

        facts.Addresses!.ShouldContain(new InterfaceAddress("eth0", IPAddress.Parse("10.86.0.10"), 24));
        facts.Interfaces.Single(each => each.Name == "eth0").ShouldBe(new NetworkInterface("eth0", "02:4b:4c:00:00:0a", 1500));
        facts.FileSystems.Select(each => each.Path).ShouldBe(["/", "/var", "/var/lib", "/var/lib/kubelet", "/var/lib/containerd", "/var/lib/etcd", "/opt", "/tmp"]);
        facts.FileSystems[0].SizeBytes.ShouldBe(66053021L * 4096);
        facts.FileSystems[0].Id.ShouldNotBe(facts.FileSystems[3].Id);
    }

    [Fact]
    public void I_can_read_a_worker_with_1024_MB()
    {
        var facts = SampleFacts.Recorded("debian-12-worker");

        facts.MemoryMb.ShouldBe(1024);
        facts.HasEtcdData.ShouldBeFalse();
    }

    [Fact]
    public void I_can_read_a_machine_that_a_login_user_without_privileges_shows()
    {
        var facts = SampleFacts.Recorded("ubuntu-24.04-no-sudo");

        facts.Become.ShouldBe(BecomeOutcome.Refused);
        facts.BecomeMessage.ShouldBe("sudo: a password is required");
        facts.UserId.ShouldBe(1000);
        facts.OperatingSystem!.VersionId.ShouldBe("24.04");
        facts.ProductUuid.ShouldBeNull();
        facts.MemoryMb.ShouldBe(3915);
        facts.SwapAreas.ShouldBe(["/swap.img"]);
        facts.NameServers.ShouldBe(["127.0.0.53"]);
        facts.ResolvedNameServers.ShouldBe(["192.0.2.53"]);
        facts.AvailableModules.ShouldBe(["br_netfilter", "ip_vs", "ip_vs_rr", "ip_vs_sh", "ip_vs_wrr", "nf_conntrack", "overlay"], ignoreOrder: true);
    }

    [Fact]
    public void I_can_read_a_machine_with_Ubuntu_22_04()
    {
        var facts = SampleFacts.Recorded("ubuntu-22.04");

        facts.OperatingSystem!.PrettyName.ShouldBe("Ubuntu 22.04.5 LTS");
        facts.HeldPackageLocks.ShouldBe(["/var/lib/dpkg/lock-frontend"]);
        facts.Services.ShouldBe(["systemd-timesyncd", "apt-daily-upgrade", "unattended-upgrades"]);
        facts.UfwEnabled.ShouldBeTrue();
        facts.Python!.Version.ShouldBe(new Version(3, 10, 12));
    }

    [Fact]
    public void I_can_read_a_machine_with_Rocky_9()
    {
        var facts = SampleFacts.Recorded("rocky-9");

        facts.OperatingSystem!.Id.ShouldBe("rocky");
        facts.SelinuxEnforcing.ShouldBe(true);
        facts.Services.ShouldContain("firewalld");
        facts.Python!.Path.ShouldBe("/usr/libexec/platform-python");
        facts.FileSystems.Single(each => each.Path == "/var/lib").FreeBytes.ShouldBe(9_437_184L * 1024);
        facts.ProductUuid.ShouldBe("4c4c4544-0043-3510-8052-b4c04f564231");
    }

    [Fact]
    public void I_can_read_a_machine_with_Debian_13()
    {
        var facts = SampleFacts.Recorded("debian-13");

        facts.Complete.ShouldBeTrue();
        facts.OperatingSystem.ShouldBe(new OsRelease("debian", "13", "Debian GNU/Linux 13 (trixie)"));
        facts.Python!.Version.ShouldBe(new Version(3, 13));
        facts.InitProcess.ShouldBe("bash");
        facts.HostName.ShouldBe("trixie");
        facts.Addresses!.ShouldContain(new InterfaceAddress("eth0", IPAddress.Parse("192.0.2.13"), 24));
        facts.Addresses!.ShouldContain(new InterfaceAddress("lo", IPAddress.IPv6Loopback, 128));
        facts.DefaultRoutes.ShouldBe(["eth0"]);
        facts.NameServers.ShouldBe(["192.0.2.53"]);
        facts.ListeningPorts.ShouldBe([new ListeningPort(IPAddress.Parse("192.0.2.13"), 22, null)]);
        facts.Clock!.Resolution.ShouldBe(0);
        facts.FileSystems.Select(each => each.Path).ShouldBe(["/", "/var", "/var/lib", "/opt", "/tmp"]);
    }

    // What chronyc 4.6 of Debian 13 printed before and after chronyd had a source, and what else may come.
    [Theory]
    [InlineData("00000000,,0,0.000000000,0.000000000,0.000000000,0.000000000,0.000,0.000,0.000,1.000000000,1.000000000,0.0,Not synchronised", false)]
    [InlineData("7F7F0101,,8,1795577277.440561455,0.000000000,0.000000000,0.000000000,0.000,0.000,0.000,0.000000000,0.000000000,0.0,Normal", true)]
    [InlineData("506 Cannot talk to daemon", null)]
    [InlineData("", null)]
    public void I_see_whether_chrony_follows_a_source(string said, bool? expected) =>
        NodeFactsParser.Parse(SampleFacts.Answer(("time", $"{said}")), "M")!.ChronyFollows.ShouldBe(expected);

    [Fact]
    public void I_know_no_time_of_a_node_without_a_date() =>
        NodeFactsParser.Parse(SampleFacts.Answer(("clock", "1602.54 1602.58")), "M")!.Clock.ShouldBeNull();

    [Fact]
    public void I_can_read_a_machine_with_Debian_13_that_lacks_tools()
    {
        var facts = SampleFacts.Recorded("debian-13-minimal");

        facts.Complete.ShouldBeTrue();
        facts.Python.ShouldBeNull();
        facts.Addresses.ShouldBeNull();
        facts.CgroupVersion.ShouldBe(2);
        facts.DefaultRoutes.ShouldBe(["enp1s0"]);
        facts.Clock!.Resolution.ShouldBe(1);
    }

    [Theory]
    [InlineData("MemTotal:        2097152 kB", 2048L)]
    [InlineData("MemTotal:        1048575 kB", 1023L)]
    [InlineData("MemTotal: 0 kB", 0L)]
    [InlineData("MemTotal: 9223372036854775807 kB", 9007199254740991L)]
    [InlineData("MemTotal: 9223372036854775808 kB", null)]
    [InlineData("MemTotal: -5 kB", null)]
    [InlineData("MemTotal: 2048 MB", null)]
    [InlineData("MemTotal:", null)]
    [InlineData("MemFree: 5 kB", null)]
    public void I_count_memory_as_Ansible_does(string line, long? expected) =>
        NodeFactsParser.Parse(SampleFacts.Answer(("files", $"/proc/meminfo:{line}")), "M")!.MemoryMb.ShouldBe(expected);

    [Theory]
    [InlineData("1795370372.089627656", 1795370372.089627656, 0.0)]
    [InlineData("-2.500000000", -1.5, 0.0)]
    [InlineData("1795370372.%N", 1795370372.0, 1.0)]
    [InlineData("1795370372.", 1795370372.0, 1.0)]
    public void I_can_read_clocks_of_any_year(string date, double seconds, double resolution)
    {
        var clock = NodeFactsParser.Parse(SampleFacts.Answer(("clock", $"{date}\n1.00 1.25")), "M")!.Clock!;

        clock.SecondsSince1970.ShouldBe(seconds, tolerance: 1e-6);
        clock.Resolution.ShouldBe(resolution);
        clock.ProbeDuration.ShouldBe(TimeSpan.FromSeconds(0.25));
    }

    [Theory]
    [InlineData("")]
    [InlineData("date: command not found")]
    [InlineData("99999999999999999999")]
    [InlineData("9223372036854775807.000000000")]
    public void I_know_no_time_where_the_date_is_none(string date) =>
        NodeFactsParser.Parse(SampleFacts.Answer(("clock", $"{date}")), "M")!.Clock.ShouldBeNull();

    [Fact]
    public void I_know_nothing_of_a_node_that_said_nothing() => NodeFactsParser.Parse("This account is not available.\n", "M").ShouldBeNull();
}
