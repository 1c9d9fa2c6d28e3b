namespace KubeLab.Lab.Tests.Kubespray;

/// <summary>
/// A cluster of the real Kubespray from its first deployment on, which fails in the middle: again on the same machines, a worker that
/// leaves and comes back, an upgrade, reset, and a deployment after that. What a user runs on it survives.
/// </summary>
[Collection(LabMachine.Turn)]
[TestMethodOrderer(typeof(StoryOrder))]
public class LifecycleStory(KubesprayMachine kubespray) : IClassFixture<KubesprayMachine>
{
    private const string Leaving = "ks-n1";

    // Far enough that etcd is there, and far from the end.
    private const string LaterTask = "kubernetes/node : Write kubelet config file";

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
        await HaveMineAsync();
    }

    [Fact, Chapter(2)]
    public async Task I_deploy_again_and_less_changes()
    {
        kubespray.SkipUnlessComplete();
        var (pods, changedAtFirst) = (await HaveMineAsync(), Changed());

        (await kubespray.PlayAsync("Deploy")).ShouldSucceed();

        KubesprayMachine.LastRecap().Values.ShouldAllBe(host => host.GetProperty("failures").GetInt32() == 0);
        Changed().ShouldBeLessThan(changedAtFirst);
        (await PodsAsync()).ShouldBe(pods, "the user's pods are those that they were");
    }

    [Fact, Chapter(3)]
    public async Task I_remove_a_worker_and_it_is_clean()
    {
        kubespray.SkipUnlessComplete();
        await HaveMineAsync();

        var run = (await kubespray.PlayAsync("RemoveNode", "--node", Leaving)).ShouldSucceed();

        run.Output.ShouldContain($"Now take {Leaving} out of");
        (await KubesprayMachine.NodeNamesAsync()).ShouldBe(["ks-m0", "ks-n0"]);
        await ShouldHaveMineAsync();
        (await LabMachine.OnNodeAsync(
            KubesprayMachine.Nodes[Leaving], "test ! -e /etc/kubernetes/kubelet.conf && ! systemctl is-active --quiet kubelet")).ShouldSucceed();
    }

    [Fact, Chapter(4)]
    public async Task I_add_it_again()
    {
        kubespray.SkipUnlessComplete();
        await KubesprayMachine.GivePodNetworkAsync(KubesprayMachine.Nodes.Keys);
        var pods = await HaveMineAsync();

        (await kubespray.PlayAsync("Scale")).ShouldSucceed().Output.ShouldMatch(@"SmokeTest +Succeeded");

        (await KubesprayMachine.NodeNamesAsync()).ShouldBe(["ks-m0", "ks-n0", Leaving]);
        (await PodsAsync()).ShouldBe(pods, "the user's pods are those that they were");
    }

    [Fact, Chapter(5)]
    public async Task I_upgrade_to_the_next_Kubernetes()
    {
        kubespray.SkipUnlessComplete();
        await HaveMineAsync();
        await kubespray.GoToNextAsync();

        (await kubespray.PlayAsync("Upgrade")).ShouldSucceed().Output.ShouldMatch(@"SmokeTest +Succeeded");

        var versions = (await KubesprayMachine.KubectlAsync("get", "nodes", "--output", "jsonpath={.items[*].status.nodeInfo.kubeletVersion} {.items[*].spec.unschedulable}"))
            .ShouldSucceed().Output.Trim();
        versions.ShouldBe(string.Join(' ', Enumerable.Repeat(KubesprayMachine.Era.Next, 3)));
        await ShouldHaveMineAsync();
    }

    [Fact, Chapter(6)]
    public async Task I_reset_and_deploy_again()
    {
        kubespray.SkipUnlessComplete();
        await HaveMineAsync();
        (await kubespray.PlayAsync("Reset", "--confirm", "lab-kubespray")).ShouldSucceed();
        await KubesprayMachine.GivePodNetworkAsync(KubesprayMachine.Nodes.Keys);

        (await kubespray.PlayAsync("Deploy")).ShouldSucceed().Output.ShouldMatch(@"SmokeTest +Succeeded");

        KubesprayMachine.LastRecap().Values.ShouldAllBe(host => host.GetProperty("failures").GetInt32() == 0);
        (await KubesprayMachine.NodeNamesAsync()).ShouldBe(KubesprayMachine.Nodes.Keys);
        (await KubesprayMachine.KubectlAsync("get", "deployments", "--output", "name")).ShouldSucceed()
            .Output.ShouldNotContain("mine", Case.Sensitive, "it is another cluster");
    }

    [Fact, Chapter(7)]
    public async Task All_of_it_came_from_the_bundle()
    {
        kubespray.SkipUnlessComplete();

        await NodeTraffic.ShouldBeOfTheBundleAsync(KubesprayMachine.Nodes[Leaving]);
    }

    // The user's pods, as they are now; they are made where they aren't there.
    private static async Task<string> HaveMineAsync()
    {
        if ((await KubesprayMachine.KubectlAsync("get", "deployment", "mine")).ExitCode != 0)
            // It ends when it is told to: a drain waits as long as drain_grace_period for what doesn't, five minutes a node.
            (await KubesprayMachine.KubectlAsync(
                "create", "deployment", "mine", "--image", $"{KubesprayMachine.Registry}/library/busybox:1.35", "--replicas", "2",
                "--", "sh", "-c", "trap 'exit 0' TERM; while :; do sleep 1; done")).ShouldSucceed();
        await ShouldHaveMineAsync();
        return await PodsAsync();
    }

    private static async Task ShouldHaveMineAsync() =>
        (await KubesprayMachine.KubectlAsync("rollout", "status", "deployment/mine", "--timeout", "55s")).ShouldSucceed();

    // Whether a pod is still the one that it was.
    private static async Task<string> PodsAsync() => (await KubesprayMachine.KubectlAsync(
        "get", "pods", "--selector", "app=mine", "--sort-by", "{.metadata.name}",
        "--output", "jsonpath={range .items[*]}{.metadata.uid} {.status.containerStatuses[0].restartCount}{\"\\n\"}{end}")).ShouldSucceed().Output;

    private static int Changed() => KubesprayMachine.LastRecap().Values.Sum(host => host.GetProperty("changed").GetInt32());
}
