namespace KubeLab.Lab.Tests;

// A node's disk that has no room left.
public partial class FailureStory
{
    [Fact, Chapter(1)]
    public async Task I_am_told_which_node_has_a_full_disk()
    {
        LabMachine.SkipUnlessRoot();
        (await lab.BuildAsync("LabUp")).ShouldSucceed();
        // A small disk in the place of the node's, which is this machine's: nobody wants to fill that one.
        await using var mend = await BreakAsync(
            "k8s-n1",
            "mount -t tmpfs -o size=4m tmpfs /var/lib/containerd",
            "systemctl stop containerd; umount --recursive /var/lib/containerd");

        var run = (await lab.BuildAsync("InstallCluster", "--skip")).ShouldFail();

        run.Output.ShouldContain("k8s-n1: A disk is full");
        run.Output.ShouldContain("On k8s-n1: df -h");
        var explanation = ShouldBeExplained(LabMachine.LastRecord(), "disk-full", "k8s-n1");
        explanation.GetProperty("task").GetString().ShouldBe("container_engine/containerd : Import container images");
        ShouldBeWhole(LabMachine.LastRecord());
    }
}
