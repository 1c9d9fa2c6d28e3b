using System.Diagnostics;
using KubeLab.Ansible;
using KubeLab.Reports;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Reports;

[Collection(KubeLabProgram.NodeTurn)]
public class InterruptedRunTests
{
    // SIGTERM, as a test host may ignore SIGINT and hand that on; both mean the same to it.
    [Theory]
    [InlineData("TERM")]
    [InlineData("HUP")]
    [InlineData("a closed pipe")]
    public async Task I_find_the_report_of_a_run_that_I_interrupted(string how)
    {
        Programs.Require(AnsibleFinder.Playbook);
        using var directory = new TemporaryDirectory();
        KubeLabProgram.Prepare(directory, "- name: Take long\n  hosts: all\n  gather_facts: false\n  become: false\n  tasks:\n    - name: Sleep\n      ansible.builtin.command: sleep 300\n");
        var command = KubeLabProgram.Command(
            directory.Path, new Dictionary<string, string?> { ["GITHUB_ACTIONS"] = null }, "InstallCluster", "--skip", "--inventory", "mine", "--kubespray-path", directory.File("distribution"));

        using var run = Start(command);
        try
        {
            await UntilAsync(run, () => Records(directory).Any(record => File.Exists(Path.Combine(record, "events.jsonl")) && File.ReadAllText(Path.Combine(record, "events.jsonl")).Contains("task_start", StringComparison.Ordinal)));
            if (how.Length <= 4)
                using (Process.Start("kill", [$"-{how}", $"{run.Id}"])) { }
            else
                run.StandardOutput.Close();
            await run.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(90));
        }
        finally
        {
            run.Kill(entireProcessTree: true);
        }

        run.ExitCode.ShouldBe(130);
        var report = RunReportReader.Read(Records(directory).Single());
        report.Verdict.ShouldBe(RunVerdict.Interrupted);
        report.Outcome!.ExitCode.ShouldBe(130);
        report.Outcome.Targets.Single(target => target.Name == "InstallCluster").Status.ShouldBe("interrupted");
        ReportSentence.Verdict(report).ShouldBe("InstallCluster was interrupted.");
        report.Files.ShouldContain("report.html");
    }

    private static IEnumerable<string> Records(TemporaryDirectory directory) =>
        Directory.Exists(directory.File("artifacts/mine/runs")) ? Directory.EnumerateDirectories(directory.File("artifacts/mine/runs")) : [];

    private static Process Start(CommandLine command)
    {
        // With the signals as in a terminal, also where the tests run under nohup.
        var start = new ProcessStartInfo("env", ["--default-signal", command.Program, .. command.Arguments]) { WorkingDirectory = command.WorkingDirectory, RedirectStandardOutput = true };
        foreach (var (name, value) in command.Environment)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    private static async Task UntilAsync(Process run, Func<bool> holds)
    {
        for (var waited = 0; waited < 900 && !holds(); waited++)
        {
            run.HasExited.ShouldBeFalse("it ended before its first task began");
            await Task.Delay(100);
        }

        holds().ShouldBeTrue("the first task did not begin within 90 s");
    }
}
