namespace KubeLab.Lab.Tests;

// A node that dies while the playbook is at work on it.
public partial class FailureStory
{
    private static readonly string[] LostConnection = ["ssh-connection-lost", "ssh-timed-out"];

    [Fact, Chapter(6)]
    public async Task I_am_told_which_node_died_in_mid_run()
    {
        LabMachine.SkipUnlessRoot();
        await using var run = lab.Start("InstallCluster", "--skip");
        await run.UntilTaskAsync(LaterTask);
        await using var mend = new Mending(() => lab.BuildAsync("LabUp"));

        // As by a power cut: first nothing of it reaches anybody any more, not even that its connections end.
        (await LabMachine.HereAsync("ip", "link", "set", "dev", "kubelab0-21", "down")).ShouldSucceed();
        (await LabMachine.HereAsync("lxc-stop", "-P", "/var/lib/kubelab/lab/nodes", "-n", "k8s-n1", "-k")).ShouldSucceed();

        var ended = (await run.EndAsync(PlaybookLimit)).ShouldFail();
        // The action template passes a lost connection on as a failure of its own.
        ended.Output.ShouldMatch("k8s-n1: (unreachable|failed) in ");
        ended.Output.ShouldMatch(@"InstallCluster +Failed");
        var explanation = Explanations(run.Record).ShouldHaveSingleItem();
        explanation.GetProperty("signature").GetString().ShouldBeOneOf(LostConnection);
        explanation.GetProperty("nodes").EnumerateArray().Single().GetString().ShouldBe("k8s-n1");
        ShouldBeWhole(run.Record);
    }

    [Fact, Chapter(7)]
    public async Task I_go_on_once_the_node_is_back()
    {
        LabMachine.SkipUnlessRoot();

        var run = (await lab.BuildAsync("Deploy", "--resume", "--tier", "0")).ShouldSucceed();

        run.Output.ShouldMatch($"InstallCluster: runs again, as it failed at {At}");
        run.Output.ShouldMatch(@"InstallCluster +Succeeded");
    }
}
