using KubeLab.Ansible;
using KubeLab.Commands;
using KubeLab.Reports;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Reports;

public class InterruptedRunTests
{
    [SkippableFact]
    public async Task I_find_the_report_of_a_run_that_I_interrupted()
    {
        Programs.Require(AnsibleFinder.Playbook);
        using var directory = new TemporaryDirectory();
        KubeLabProgram.Prepare(directory, "- name: Take long\n  hosts: all\n  gather_facts: false\n  become: false\n  tasks:\n    - name: Sleep\n      ansible.builtin.command: sleep 300\n");
        using var interruption = new CancellationTokenSource();
        var command = KubeLabProgram.Command(
            directory.Path, new Dictionary<string, string?> { ["GITHUB_ACTIONS"] = null }, "InstallCluster", "--skip", "--inventory", "mine", "--kubespray-path", directory.File("distribution"));

        var run = new CommandRunner().RunAsync(command, cancellationToken: interruption.Token);
        await UntilAsync(run, () => Records(directory).Any(record => File.Exists(Path.Combine(record, "events.jsonl")) && File.ReadAllText(Path.Combine(record, "events.jsonl")).Contains("task_start", StringComparison.Ordinal)));
        await interruption.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => run);

        var report = RunReportReader.Read(Records(directory).Single());
        report.Verdict.ShouldBe(RunVerdict.Interrupted);
        report.Outcome!.ExitCode.ShouldBe(130);
        ReportSentence.Verdict(report).ShouldBe("InstallCluster was interrupted.");
        report.Files.ShouldContain("report.html");
    }

    private static IEnumerable<string> Records(TemporaryDirectory directory) =>
        Directory.Exists(directory.File("artifacts/mine/runs")) ? Directory.EnumerateDirectories(directory.File("artifacts/mine/runs")) : [];

    private static async Task UntilAsync(Task<CommandResult> run, Func<bool> holds)
    {
        for (var waited = 0; waited < 600 && !holds(); waited++)
        {
            run.IsCompleted.ShouldBeFalse($"it ended before its first task began: {(run.IsCompletedSuccessfully ? (await run).StandardOutput : "")}");
            await Task.Delay(100);
        }

        holds().ShouldBeTrue("the first task did not begin within 60 s");
    }
}
