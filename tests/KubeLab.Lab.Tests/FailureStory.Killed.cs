using System.Diagnostics;

namespace KubeLab.Lab.Tests;

// Programs on the control machine that are killed, as by a kernel that has run out of memory.
public partial class FailureStory
{
    [Fact, Chapter(8)]
    public async Task I_am_told_that_Ansible_was_killed_and_nothing_of_it_goes_on()
    {
        LabMachine.SkipUnlessRoot();
        await using var run = lab.Start("InstallCluster");
        await run.UntilTaskAsync(EarlyTask);

        using (var ansible = Process.GetProcessById(run.Ansible()))
            ansible.Kill();

        var ended = (await run.EndAsync(TimeSpan.FromMinutes(1))).ShouldFail();
        ended.ExitCode.ShouldBe(255);
        ended.Output.ShouldContain("Ansible was killed");
        ended.Output.ShouldMatch(@"then +\./build\.sh InstallCluster .*--resume");
        ShouldBeExplained(run.Record, "ansible-killed").GetProperty("task").GetString().ShouldBe(EarlyTask);
        ShouldBeWhole(run.Record);
        run.Processes().ShouldBeEmpty();
    }

    [Fact, Chapter(9)]
    public async Task I_go_on_after_KubeLab_was_killed_too()
    {
        LabMachine.SkipUnlessRoot();
        await using (var run = lab.Start("InstallCluster", "--resume"))
        {
            await run.UntilTaskAsync(EarlyTask);

            var killed = await run.KillAsync();

            killed.Output.ShouldMatch($"InstallCluster: runs again, as it failed at {At}");
            await UntilAsync("Ansible has noticed and ended", TimeSpan.FromSeconds(20), () => run.Processes().Count == 0);
            (await lab.BuildAsync("Report", "--run", Path.GetFileName(run.Record))).ShouldSucceed().Output.ShouldContain("This run has left no end");
        }

        var again = (await lab.BuildAsync("InstallCluster", "--resume")).ShouldSucceed();

        again.Output.ShouldMatch($"ValidateInventory: left out, as it succeeded at {At}");
        again.Output.ShouldMatch($"InstallCluster: runs again, as it began at {At} and never came to its end");
        again.Output.ShouldContain("k8s-m0: the lock of a run that has ended or hangs was broken");
    }

    private static async Task UntilAsync(string what, TimeSpan limit, Func<bool> holds)
    {
        var started = Stopwatch.GetTimestamp();
        while (!holds())
        {
            Stopwatch.GetElapsedTime(started).ShouldBeLessThan(limit, what);
            await Task.Delay(TimeSpan.FromMilliseconds(200));
        }
    }
}
