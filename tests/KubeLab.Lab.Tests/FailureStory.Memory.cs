namespace KubeLab.Lab.Tests;

// The guide's story once more, gone on from: only what has to be is repeated, and each target says why.
public partial class FailureStory
{
    private const string At = @"20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC";

    [Fact, Chapter(3)]
    public async Task I_give_a_node_its_memory_and_go_on_where_the_run_failed()
    {
        LabMachine.SkipUnlessRoot();
        var run = await TooSmallAtFirstAsync();

        run.Output.ShouldContain("ValidateInventory: runs again, as changed since: the inventory");
        run.Output.ShouldMatch($"ValidateNodes: runs again, as it failed at {At}; changed since: the inventory");
        run.Output.ShouldMatch($"InstallCluster: runs again, as it failed at {At}; changed since: .*the extra variables");
        run.Output.ShouldMatch(@"InstallCluster +Succeeded");
    }

    [Fact, Chapter(4)]
    public async Task I_give_a_node_its_memory_back_and_the_playbook_is_left_out()
    {
        LabMachine.SkipUnlessRoot();
        var run = await TooSmallAtFirstAsync();

        run.Output.ShouldContain("ValidateInventory: runs again, as changed since: the inventory");
        run.Output.ShouldMatch($"ValidateNodes: runs again, as it failed at {At}; changed since: the inventory");
        run.Output.ShouldMatch($"InstallCluster: left out, as it succeeded at {At}, and nothing that it read has changed since");
        run.Output.ShouldMatch("SmokeTest: runs again, as .*it looks at what is there now");
        run.Output.ShouldMatch(@"InstallCluster +Skipped");
    }

    private async Task<KubeLabRun> TooSmallAtFirstAsync()
    {
        lab.SetMemory("k8s-n1", 512);
        try
        {
            var refused = (await lab.BuildAsync("Deploy", "--tier", "0")).ShouldFail();
            refused.Output.ShouldContain("Give k8s-n1 at least 1024 MB");
            refused.Output.ShouldMatch(@"ValidateNodes +Failed");
            refused.Output.ShouldMatch(@"InstallCluster +NotRun");
        }
        finally
        {
            lab.SetMemory("k8s-n1", 1024);
        }

        return (await lab.BuildAsync("Deploy", "--resume", "--tier", "0", "--wait", "3m")).ShouldSucceed();
    }
}
