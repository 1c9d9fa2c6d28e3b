using System.Net;
using KubeLab.Lab;

namespace KubeLab.Tests.Lab;

public class LabRequirementsTests
{
    [Fact]
    public void A_fit_machine_has_no_problem() =>
        LabRequirements.Judge(SampleLab.FitMachine, SampleLab.Demand).ShouldBeEmpty();

    [Fact]
    public void Another_system_than_Linux_is_the_only_thing_said() =>
        Problems(SampleLab.FitMachine with { IsLinux = false, IsRoot = false, MemoryAvailableMb = 0 }).Single().What.ShouldContain("no Linux");

    [Fact]
    public void Another_user_than_root_is_told_to_use_sudo() =>
        Problems(SampleLab.FitMachine with { IsRoot = false, MemoryAvailableMb = 0 }).Single().Remedy.ShouldContain("sudo");

    [Fact]
    public void Root_without_the_rights_of_root_is_told_which_are_missing()
    {
        var withoutSysAdmin = SampleLab.FitMachine with { Capabilities = ulong.MaxValue & ~(1UL << 21) };

        Problems(withoutSysAdmin).Single().What.ShouldContain("CAP_SYS_ADMIN");
        Problems(withoutSysAdmin).Single().What.ShouldNotContain("CAP_NET_ADMIN");
    }

    [Fact]
    public void Control_groups_that_limit_no_memory_are_a_problem() =>
        Problems(SampleLab.FitMachine with { Cgroups = null }).Single().What.ShouldContain("/sys/fs/cgroup");

    [Fact]
    public void Too_little_memory_is_said_with_both_figures_and_each_node()
    {
        var problem = Problems(SampleLab.FitMachine with { MemoryAvailableMb = 5119 }).Single();

        problem.What.ShouldContain("5119 MB");
        problem.What.ShouldContain("5120 MB");
        problem.What.ShouldContain("k8s-n1 1024");
        problem.Remedy.ShouldContain("lab_memory_mb");
    }

    [Theory]
    [InlineData(5120, 0)]
    [InlineData(5000, 120)]
    public void Just_enough_memory_is_enough_and_what_the_nodes_use_counts_as_theirs(int available, int used) =>
        Problems(SampleLab.FitMachine with { MemoryAvailableMb = available, MemoryOfLabMb = used }).ShouldBeEmpty();

    [Fact]
    public void Compiling_needs_memory_too()
    {
        var small = SampleLab.Demand with { Nodes = [SampleLab.Node(memoryMb: 512)], BuildsImage = true };

        LabRequirements.Judge(SampleLab.FitMachine with { MemoryAvailableMb = 2999 }, small).Single().What.ShouldContain("3000 MB");
        LabRequirements.Judge(SampleLab.FitMachine with { MemoryAvailableMb = 2999 }, small with { BuildsImage = false }).ShouldBeEmpty();
    }

    [Fact]
    public void A_full_disk_is_said_with_both_figures()
    {
        var problem = Problems(SampleLab.FitMachine with { StateDisk = SampleLab.FitMachine.StateDisk with { FreeMb = 4499 } }).Single();

        problem.What.ShouldContain("/ has 4499 MB free");
        problem.What.ShouldContain("4500 MB are needed for 3 new nodes");
    }

    [Fact]
    public void Needs_on_one_file_system_add_up()
    {
        var disk = new Disk("/var/lib/kubelab/lab", "/", "ext4", 10_000);
        var demand = SampleLab.Demand with { BuildsImage = true };

        var together = SampleLab.FitMachine with { StateDisk = disk, CacheDisk = disk };
        LabRequirements.Judge(together, demand).Single().What.ShouldContain("10500 MB are needed to build the node image and for 3 new nodes");
        LabRequirements.Judge(together with { CacheDisk = disk with { MountPoint = "/cache" } }, demand).ShouldBeEmpty();
    }

    [Fact]
    public void Nodes_that_are_there_need_no_new_disk_space()
    {
        var full = SampleLab.FitMachine with { StateDisk = SampleLab.FitMachine.StateDisk with { FreeMb = 1 } };

        LabRequirements.Judge(full, SampleLab.Demand with { NewNodes = 0 }).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("overlay")]
    [InlineData("nfs4")]
    public void A_file_system_that_carries_no_overlay_is_a_problem(string fileSystem) =>
        Problems(SampleLab.FitMachine with { StateDisk = SampleLab.FitMachine.StateDisk with { FileSystem = fileSystem } })
            .Single().What.ShouldContain(fileSystem);

    [Fact]
    public void More_processors_than_there_are_is_a_problem_of_that_node()
    {
        var demand = SampleLab.Demand with { Nodes = [SampleLab.Node() with { Cpus = 2 }, SampleLab.Node("k8s-n0", "192.0.2.20") with { Cpus = 3 }] };

        LabRequirements.Judge(SampleLab.FitMachine, demand).Single().What.ShouldStartWith("k8s-n0 is to have 3 processors");
    }

    [Theory]
    [InlineData("eth1", "192.0.2.0/24", true)] // somebody's own network
    [InlineData("eth1", "192.0.0.0/16", true)] // neighbours among them
    [InlineData("tun0", "192.0.2.128/25", false)] // a part of it through a gateway
    public void A_network_that_is_in_use_is_a_problem(string name, string destination, bool direct)
    {
        var problem = Problems(SampleLab.FitMachine with { Routes = [new Route(name, IPNetwork.Parse(destination), direct)] }).Single();

        problem.What.ShouldContain(destination);
        problem.What.ShouldContain(name);
    }

    [Theory]
    [InlineData("kubelab0", "192.0.2.0/24", true)] // the lab's own
    [InlineData("eth0", "0.0.0.0/0", false)] // the default route
    [InlineData("tun0", "128.0.0.0/1", true)] // a VPN's default route
    [InlineData("tun0", "192.0.0.0/16", false)] // a wider network behind a gateway yields
    [InlineData("eth1", "198.51.100.0/24", true)]
    public void A_route_that_does_no_harm_is_none(string name, string destination, bool direct) =>
        Problems(SampleLab.FitMachine with { Routes = [new Route(name, IPNetwork.Parse(destination), direct)] }).ShouldBeEmpty();

    [Fact]
    public void All_that_is_wrong_is_said_at_once()
    {
        var poor = SampleLab.FitMachine with { MemoryAvailableMb = 1, Cgroups = null, StateDisk = SampleLab.FitMachine.StateDisk with { FreeMb = 1 } };

        Problems(poor).Count.ShouldBe(3);
    }

    private static IReadOnlyList<Problem> Problems(MachineFacts machine) => LabRequirements.Judge(machine, SampleLab.Demand);
}
