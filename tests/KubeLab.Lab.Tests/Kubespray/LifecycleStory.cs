namespace KubeLab.Lab.Tests.Kubespray;

/// <summary>
/// A cluster of the real Kubespray from its first deployment on, which fails in the middle: again on the same machines, a worker that
/// leaves, comes back, and is lost, reset, and a deployment after that.
/// </summary>
[Collection(LabMachine.Turn)]
[TestMethodOrderer(typeof(StoryOrder))]
public class LifecycleStory(KubesprayMachine kubespray) : IClassFixture<KubesprayMachine>
{
    private const string Leaving = "ks-n1";

    // Far enough that etcd is there, and far from the end.
    private const string LaterTask = "kubernetes/node : Write kubelet config file";

    private static int changedAtFirst;

    [Fact, Chapter(1)]
    public async Task I_go_on_with_the_command_that_I_am_given_after_Ansible_was_killed_in_the_middle()
    {
        kubespray.SkipUnlessComplete();
        await using (var run = kubespray.Start("Deploy"))
        {
            await run.UntilTaskAsync(LaterTask, TimeSpan.FromMinutes(30));
            using (var ansible = System.Diagnostics.Process.GetProcessById(run.Ansible()))
                ansible.Kill();

            (await run.EndAsync(TimeSpan.FromMinutes(2))).ShouldFail().Output.ShouldMatch(@"then +\./build\.sh Deploy .*--resume");
        }

        KubesprayMachine.ShouldBeExplained("ansible-killed");

        var again = (await kubespray.PlayAsync("Deploy", "--resume")).ShouldSucceed();

        again.Output.ShouldMatch("ValidateInventory: left out, as it succeeded at ");
        KubesprayMachine.LastRecap().Values.ShouldAllBe(host => host.GetProperty("failures").GetInt32() == 0);
        changedAtFirst = Changed();
    }

    [Fact, Chapter(2)]
    public async Task I_deploy_again_and_less_changes()
    {
        kubespray.SkipUnlessComplete();

        (await kubespray.PlayAsync("Deploy")).ShouldSucceed();

        KubesprayMachine.LastRecap().Values.ShouldAllBe(host => host.GetProperty("failures").GetInt32() == 0);
        Changed().ShouldBeLessThan(changedAtFirst);
    }

    [Fact, Chapter(3)]
    public async Task I_remove_a_worker_and_it_is_clean()
    {
        kubespray.SkipUnlessComplete();

        var run = (await kubespray.PlayAsync("RemoveNode", "--node", Leaving)).ShouldSucceed();

        run.Output.ShouldContain($"Now take {Leaving} out of");
        (await KubesprayMachine.NodeNamesAsync()).ShouldBe(["ks-m0", "ks-n0"]);
        (await LabMachine.OnNodeAsync(
            KubesprayMachine.Nodes[Leaving], "test ! -e /etc/kubernetes/kubelet.conf && ! systemctl is-active --quiet kubelet")).ShouldSucceed();
    }

    [Fact, Chapter(4)]
    public async Task I_add_it_again()
    {
        kubespray.SkipUnlessComplete();
        await KubesprayMachine.GivePodNetworkAsync();

        (await kubespray.PlayAsync("Scale")).ShouldSucceed().Output.ShouldMatch(@"SmokeTest +Succeeded");

        (await KubesprayMachine.NodeNamesAsync()).ShouldBe(["ks-m0", "ks-n0", Leaving]);
    }

    [Fact, Chapter(5)]
    public async Task I_remove_a_worker_whose_machine_is_gone()
    {
        kubespray.SkipUnlessComplete();
        await LabMachine.HereAsync("lxc-stop", "--lxcpath", "/var/lib/kubelab/lab/nodes", "--name", Leaving, "--kill");

        (await kubespray.PlayAsync("RemoveNode", "--node", Leaving, "--node-is-gone", "--skip", "LabUp")).ShouldSucceed();

        (await KubesprayMachine.NodeNamesAsync()).ShouldBe(["ks-m0", "ks-n0"]);
    }

    [Fact, Chapter(6)]
    public async Task I_reset_and_deploy_again()
    {
        kubespray.SkipUnlessComplete();
        (await kubespray.BuildAsync("LabUp")).ShouldSucceed();
        (await kubespray.PlayAsync("Reset", "--confirm", "lab-kubespray")).ShouldSucceed();
        await KubesprayMachine.GivePodNetworkAsync();

        (await kubespray.PlayAsync("Deploy")).ShouldSucceed();

        (await KubesprayMachine.NodeNamesAsync()).ShouldBe(KubesprayMachine.Nodes.Keys);
    }

    private static int Changed() => KubesprayMachine.LastRecap().Values.Sum(host => host.GetProperty("changed").GetInt32());
}
