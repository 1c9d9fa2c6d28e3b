using KubeLab.Lab;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Lab;

public sealed class SharedKernelSettingsTests : IDisposable
{
    private const string Instances = "proc/fs/inotify/max_user_instances";

    private readonly TemporaryDirectory machine = new();
    private readonly StringWriter output = new();

    public SharedKernelSettingsTests()
    {
        machine.Write(Instances, "128\n");
        machine.Write("proc/fs/inotify/max_user_watches", "65536\n");
    }

    private SharedKernelSettings Settings => new(new LabFolder(machine.Path), Consoles.Into(output), machine.File("proc"));

    [Fact]
    public void What_a_node_has_set_is_put_back_and_said()
    {
        Settings.Keep(nodesRun: false);
        machine.Write(Instances, "8192\n");

        Settings.PutBack();

        File.ReadAllText(machine.File(Instances)).Trim().ShouldBe("128");
        output.ToString().ShouldContain("fs.inotify.max_user_instances is 128 again");
        output.ToString().ShouldNotContain("max_user_watches");
    }

    [Fact]
    public void Once_nodes_run_what_they_have_set_is_not_taken_for_this_machines_own()
    {
        Settings.Keep(nodesRun: false);
        machine.Write(Instances, "8192\n");

        Settings.Keep(nodesRun: true);
        Settings.PutBack();

        File.ReadAllText(machine.File(Instances)).Trim().ShouldBe("128");
    }

    [Fact]
    public void After_a_restart_this_machine_has_its_own_values_again_and_they_count()
    {
        Settings.Keep(nodesRun: false);
        machine.Write(Instances, "512\n");

        Settings.Keep(nodesRun: false);
        Settings.PutBack();

        File.ReadAllText(machine.File(Instances)).Trim().ShouldBe("512");
    }

    [Theory]
    [InlineData("")]
    [InlineData("fs/inotify/max_user_instances")]
    [InlineData("../../etc/passwd 1\nkernel/panic 0\n")]
    public void What_is_no_setting_of_the_labs_is_left_alone(string kept)
    {
        var outside = machine.Write("proc/kernel/panic", "10");
        machine.Write("kernel-settings", kept);

        Settings.PutBack();

        File.ReadAllText(outside).ShouldBe("10");
        File.ReadAllText(machine.File(Instances)).Trim().ShouldBe("128");
    }

    public void Dispose() => machine.Dispose();
}
