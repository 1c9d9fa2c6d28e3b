using KubeLab.Clusters;
using KubeLab.Preflight;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Preflight;

public class ControlMachineRulesTests
{
    private const string Window = """
        - hosts: all
          vars:
            minimal_ansible_version: 2.16.4
            maximal_ansible_version: 2.17.0

        """;

    [Theory]
    [InlineData("2.16.3", FindingStatus.Failed)]
    [InlineData("2.16.4", FindingStatus.Passed)]
    [InlineData("2.16.99", FindingStatus.Passed)]
    [InlineData("2.17.0", FindingStatus.Failed)]
    public void I_am_told_that_Ansible_is_outside_of_the_distributions_window(string version, FindingStatus expected)
    {
        using var cluster = new SampleCluster { ControlMachine = new ControlMachine { AnsibleVersion = Version.Parse(version) } };
        cluster.File("playbooks/ansible_version.yml", Window).Node("k8s-m0", "ce", null);

        var finding = cluster.Judge("ansible-version").ShouldHaveSingleItem();

        finding.Status.ShouldBe(expected);
        finding.Node.ShouldBeNull();
        finding.Source!.Place.ShouldStartWith("playbooks/ansible_version.yml");
    }

    [Fact]
    public void I_am_told_nothing_of_Ansible_where_the_distribution_has_no_window()
    {
        using var cluster = new SampleCluster { ControlMachine = new ControlMachine { AnsibleVersion = new Version(2, 14, 18) } };

        cluster.Judge("ansible-version").ShouldHaveSingleItem().Status.ShouldBe(FindingStatus.Skipped);
    }

    [Theory]
    [InlineData("2.16.4", "3.9.2", FindingStatus.Warning)]
    [InlineData("2.16.4", "3.10.0", FindingStatus.Passed)]
    [InlineData("2.16.4", "3.12.3", FindingStatus.Passed)]
    [InlineData("2.16.4", "3.13.5", FindingStatus.Warning)]
    [InlineData("2.99.0", "3.5.0", FindingStatus.Skipped)]
    public void I_am_told_that_the_Python_of_the_control_machine_does_not_fit_Ansible(string ansible, string python, FindingStatus expected)
    {
        using var cluster = new SampleCluster { ControlMachine = new ControlMachine { AnsibleVersion = Version.Parse(ansible), PythonVersion = Version.Parse(python) } };

        cluster.Judge("control-python").ShouldHaveSingleItem().Status.ShouldBe(expected);
    }

    [Theory]
    [InlineData(199, FindingStatus.Failed)]
    [InlineData(200, FindingStatus.Passed)]
    public void I_am_told_that_there_is_no_room_for_the_record(long megabytes, FindingStatus expected)
    {
        using var cluster = new SampleCluster
        {
            ControlMachine = new ControlMachine { FreeBytes = new Dictionary<string, long>(StringComparer.Ordinal) { ["/artifacts"] = megabytes << 20 } },
        };

        cluster.Judge("control-disk").ShouldHaveSingleItem().Status.ShouldBe(expected);
    }

    [Fact]
    public void I_am_told_which_folder_cannot_be_written_to()
    {
        using var cluster = new SampleCluster
        {
            ControlMachine = new ControlMachine { Unwritable = new Dictionary<string, string>(StringComparer.Ordinal) { ["/artifacts"] = "ops may not write there" } },
        };

        cluster.Judge("artifacts-access").ShouldHaveSingleItem().Message.ShouldBe("/artifacts can't be written to: ops may not write there");
        cluster.ControlMachine = new ControlMachine();
        cluster.Judge("artifacts-access").ShouldHaveSingleItem().Status.ShouldBe(FindingStatus.Passed);
    }

    [Fact]
    public async Task I_see_the_room_and_the_access_of_this_machine_and_write_nothing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.UserName == "root", "only root may mount the small file system");
        using var directory = new TemporaryDirectory();
        Directory.CreateDirectory(directory.File("artifacts"));
        Directory.CreateDirectory(directory.File("inventory"));
        using var small = new SmallFileSystem(directory.File("artifacts"));
        var cluster = new Cluster("mine", directory.File("inventory"), directory.File("inventory/inventory.ini"), new ClusterSettings(), directory.File("artifacts/mine"));

        var machine = await ControlMachine.ReadAsync(new CommandRunner(), cluster, new Version(2, 16, 4));

        machine.FreeBytes[directory.File("artifacts")].ShouldBeLessThan(200L << 20);
        machine.FreeBytes.Keys.ShouldBe([directory.File("artifacts"), directory.File("inventory")]);
        machine.Unwritable.ShouldBeEmpty();
        Directory.GetFileSystemEntries(directory.File("artifacts")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(UnixFileMode.None, UnixFileMode.None, FindingStatus.Passed)]
    [InlineData(UnixFileMode.OtherExecute, UnixFileMode.None, FindingStatus.Passed)]
    [InlineData(UnixFileMode.None, UnixFileMode.OtherRead, FindingStatus.Passed)]
    [InlineData(UnixFileMode.OtherExecute, UnixFileMode.OtherRead, FindingStatus.Warning)]
    [InlineData(UnixFileMode.GroupExecute, UnixFileMode.GroupWrite, FindingStatus.Warning)]
    public void I_am_told_that_others_can_read_what_Kubespray_leaves_beside_the_inventory(UnixFileMode folder, UnixFileMode file, FindingStatus expected)
    {
        const UnixFileMode mine = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        using var cluster = new SampleCluster { ControlMachine = new ControlMachine() };
        var credentials = Directory.CreateDirectory(Path.Combine(cluster.InventoryDirectory, "credentials")).FullName;
        var password = Path.Combine(credentials, "kubeadm_certificate_key.creds");
        File.WriteAllText(password, "x");
        File.SetUnixFileMode(credentials, mine | folder);
        File.SetUnixFileMode(password, mine | file);

        var finding = cluster.Judge("credentials").ShouldHaveSingleItem();

        finding.Status.ShouldBe(expected);
        if (expected == FindingStatus.Warning)
            finding.Message.ShouldContain("kubeadm_certificate_key.creds");
    }
}
