namespace KubeLab.Lab.Tests;

// Two control machines that want the same cluster. What excludes two runs on one machine is LabStory's.
public partial class FailureStory
{
    [Fact, Chapter(10)]
    public async Task I_cannot_deploy_from_a_second_machine_until_the_first_ones_run_is_over()
    {
        LabMachine.SkipUnlessRoot();
        using var checkout = new SecondCheckout(lab.Inventory);
        await using (var other = lab.Start(checkout, "InstallCluster", "--skip"))
        {
            await other.UntilTaskAsync(EarlyTask);

            var refused = (await lab.BuildAsync("InstallCluster", "--skip")).ShouldFail();

            refused.Output.ShouldContain($"Another run on the cluster lab is going on: process {other.ProcessId} of root on ");
            refused.Output.ShouldContain("/tmp/kubelab.lock on k8s-m0");
            refused.Output.ShouldNotContain("ansible-playbook");
            await other.KillAsync();
            await UntilAsync("its Ansible has ended", TimeSpan.FromSeconds(20), () => other.Processes().Count == 0);
        }

        // Its lock is there until it is a minute old. Nobody has to wait for that here: it is made older.
        (await lab.BuildAsync("InstallCluster", "--skip")).ShouldFail().Output.ShouldContain("Another run on the cluster lab is going on");
        (await LabMachine.OnNodeAsync(LabMachine.Nodes["k8s-m0"], "touch --date '2 minutes ago' /tmp/kubelab.lock/owner")).ShouldSucceed();
        var run = (await lab.BuildAsync("InstallCluster", "--skip")).ShouldSucceed();
        run.Output.ShouldContain("k8s-m0: the lock of a run that has ended or hangs was broken: process ");
    }
}
