using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace KubeLab.Lab.Tests;

/// <summary>
/// The guide's story and what comes after it, played on the real lab: a node that is too small, a cluster, the same cluster
/// again, failures with their explanations, and a machine that is left as it was.
/// </summary>
[Collection(LabMachine.Turn)]
[TestMethodOrderer(typeof(StoryOrder))]
public partial class LabStory(LabMachine lab) : IClassFixture<LabMachine>
{
    [Fact, Chapter(1)]
    public async Task I_am_told_in_seconds_that_a_node_is_too_small_and_nothing_was_touched()
    {
        LabMachine.SkipUnlessRoot();
        lab.SetMemory("k8s-n1", 512);
        (await lab.BuildAsync("LabUp")).ShouldSucceed();
        var before = await LabMachine.SnapshotsAsync();

        var run = (await lab.BuildAsync("Deploy")).ShouldFail();

        run.Output.ShouldContain("✗ k8s-n1");
        run.Output.ShouldMatch(@"k8s-n1 +512 MB +1024 MB +roles/kubernetes/preinstall/defaults/main\.yml:\d+");
        run.Output.ShouldContain("Give k8s-n1 at least 1024 MB");
        run.Output.ShouldContain("--resume");
        run.Output.ShouldMatch(@"ValidateNodes +Failed");
        run.Output.ShouldMatch(@"InstallCluster +NotRun");
        run.Duration.ShouldBeLessThan(TimeSpan.FromMinutes(2));
        (await LabMachine.SnapshotsAsync()).ShouldBe(before);
    }

    [Fact, Chapter(2)]
    public async Task I_give_the_node_its_memory_and_the_same_command_succeeds()
    {
        LabMachine.SkipUnlessRoot();
        lab.SetMemory("k8s-n1", 1024);

        (await lab.BuildAsync("Deploy")).ShouldSucceed();

        var nodes = (await LabMachine.KubectlAsync("get", "nodes", "--no-headers")).ShouldSucceed().Output
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
        nodes.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[..2]).Select(words => string.Join(' ', words))
            .ShouldBe(["k8s-m0 Ready", "k8s-n0 Ready", "k8s-n1 Ready"]);
        File.GetUnixFileMode(LabMachine.Kubeconfig).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    // The job of deploy.yml, as a runner plays it, for a repository that only holds inventory/; a machine without Node gives the command.
    [Fact, Chapter(3)]
    public async Task I_deploy_again_from_a_workflow_and_nothing_changes()
    {
        LabMachine.SkipUnlessRoot();
        using var runner = GitHubRunner.With();
        Directory.CreateDirectory(Path.Combine(runner.Workspace, "inventory"));
        Directory.CreateSymbolicLink(Path.Combine(runner.Workspace, "inventory", "lab"), lab.Inventory);
        Directory.CreateSymbolicLink(Path.Combine(runner.Workspace, ".kubelab"), LabMachine.Root);

        var run = GitHubRunner.IsHere
            ? await runner.RunAsync(
                "reusable.yml", "run",
                new
                {
                    inputs = new Dictionary<string, string>() { ["inventory"] = "lab", ["kubelab-ref"] = "v1" },
                    matrix = new { inventory = "lab" },
                    runner = "self-hosted",
                    environment = new { KUBELAB_CACHE = CacheDirectory.Path },
                },
                TimeSpan.FromMinutes(40))
            : new ScriptResult((await lab.BuildAsync("Deploy")).ExitCode, "", "");

        run.ExitCode.ShouldBe(0, run.ToString());
        if (GitHubRunner.IsHere)
        {
            run.Output.ShouldContain("##[step] Run the target: success");
            runner.Summary.ShouldContain("## Smoke test");
            runner.Summary.ShouldNotContain("before it began a record");
        }

        var changed = LastRecap().Select(host => (host.Name, host.Value.GetProperty("changed").GetInt32()));
        changed.ShouldAllBe(host => host.Item2 == 0, run.Output);
    }

    [Fact, Chapter(4)]
    public async Task I_can_resume_and_the_playbook_is_left_out_with_its_reason()
    {
        LabMachine.SkipUnlessRoot();

        var run = (await lab.BuildAsync("Deploy", "--resume")).ShouldSucceed();

        run.Output.ShouldContain("InstallCluster: left out, as it succeeded at");
        run.Output.ShouldMatch(@"InstallCluster +Skipped");
        run.Output.ShouldMatch(@"SmokeTest +Succeeded");
    }

    [Fact, Chapter(5)]
    public async Task I_can_run_the_smoke_test_alone_and_it_leaves_nothing_behind()
    {
        LabMachine.SkipUnlessRoot();

        (await lab.BuildAsync("SmokeTest")).ShouldSucceed();

        var namespaces = (await LabMachine.KubectlAsync("get", "namespaces", "-o", "name")).Output;
        namespaces.ShouldNotContain("kubelab");
    }

    [Fact, Chapter(6)]
    public async Task I_can_run_the_playbook_alone()
    {
        LabMachine.SkipUnlessRoot();

        var run = (await lab.BuildAsync("InstallCluster", "--skip")).ShouldSucceed();

        run.Output.ShouldMatch(@"ValidateNodes +Skipped");
        run.Output.ShouldMatch(@"InstallCluster +Succeeded");
    }

    [Fact, Chapter(8)]
    public async Task I_am_told_which_node_cannot_be_reached_and_the_others_are_not_held_up()
    {
        LabMachine.SkipUnlessRoot();
        await LabMachine.HereAsync("ip", "route", "add", "unreachable", $"{LabMachine.Nodes["k8s-n1"]}/32");
        try
        {
            var run = (await lab.BuildAsync("ValidateNodes", "--skip")).ShouldFail();

            run.Output.ShouldContain("k8s-n1");
            run.Output.ShouldMatch(@"k8s-m0 +2048 MB");
            // Its connection is still open; it is named within the limit of a new one all the same.
            run.Duration.ShouldBeLessThan(TimeSpan.FromMinutes(2));
        }
        finally
        {
            await LabMachine.HereAsync("ip", "route", "del", "unreachable", $"{LabMachine.Nodes["k8s-n1"]}/32");
        }
    }

    [Fact, Chapter(9)]
    public async Task I_cannot_deploy_while_somebody_else_does()
    {
        LabMachine.SkipUnlessRoot();
        var first = lab.BuildAsync("InstallCluster", "--skip");
        var lockFile = Path.Combine(LabMachine.Artifacts, "lock.json");
        var before = File.GetLastWriteTimeUtc(lockFile);
        await UntilAsync("the first run holds the lock", TimeSpan.FromMinutes(1), () =>
            Task.FromResult(File.GetLastWriteTimeUtc(lockFile) > before || first.IsCompleted));

        var second = (await lab.BuildAsync("InstallCluster", "--skip")).ShouldFail();

        second.Output.ShouldContain("Another run on the cluster lab is going on");
        (await first).ShouldSucceed();
    }

    [Fact, Chapter(10)]
    public async Task I_see_the_nodes_in_a_table()
    {
        LabMachine.SkipUnlessRoot();

        var run = (await lab.BuildAsync("LabStatus")).ShouldSucceed();

        run.Output.ShouldMatch(@"k8s-n1 +running +10\.86\.0\.21 +1024 MB +\d+ MB +answers");
    }

    [Fact, Chapter(37)]
    public async Task I_am_told_of_no_fault_three_times_in_a_row_on_a_busy_machine()
    {
        LabMachine.SkipUnlessRoot();
        // Each ends by itself where the test is killed.
        var loops = Enumerable.Range(0, 4).Select(_ => Process.Start("timeout", ["2400", "sh", "-c", "while :; do :; done"])).ToList();
        try
        {
            for (var time = 0; time < 3; time++)
                (await lab.SmokeTestAsync()).Run.ShouldSucceed();
        }
        finally
        {
            foreach (var loop in loops)
            {
                loop.Kill(entireProcessTree: true);
                await loop.WaitForExitAsync();
                loop.Dispose();
            }
        }
    }

    [Fact, Chapter(99)]
    public async Task I_take_the_lab_down_and_the_machine_is_as_it_was()
    {
        LabMachine.SkipUnlessRoot();

        (await lab.BuildAsync("LabDown")).ShouldSucceed();

        Directory.Exists("/var/lib/kubelab/lab").ShouldBeFalse();
        Directory.Exists("/sys/class/net/kubelab0").ShouldBeFalse();
        File.ReadAllText("/proc/self/mounts").ShouldNotContain("kubelab");
        (await LabMachine.HereAsync("ip", "route")).Output.ShouldNotContain("10.86.0.");
        (await LabMachine.HereAsync("ps", "-eo", "args")).Output.ShouldNotContain("/var/lib/kubelab");
        (await lab.BuildAsync("LabDown")).ShouldSucceed();
    }

    private static IReadOnlyList<JsonProperty> LastRecap()
    {
        var stats = File.ReadLines(Path.Combine(LabMachine.LastRecord(), "events.jsonl")).Last(line => line.Contains("\"stats\"", StringComparison.Ordinal));
        return [.. JsonDocument.Parse(stats).RootElement.GetProperty("hosts").EnumerateObject()];
    }

    internal static async Task UntilAsync(string what, TimeSpan limit, Func<Task<bool>> holds)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            if (TimeProvider.System.GetElapsedTime(started) > limit)
                throw new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"{what}: not so after {limit}"));
            await Task.Delay(TimeSpan.FromMilliseconds(500));
        }
    }
}
