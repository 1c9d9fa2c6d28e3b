using System.Diagnostics;
using System.Globalization;

namespace KubeLab.Lab.Tests;

/// <summary>One deployment, from no node at all, that is killed at moments of chance and gone on with each time, until it ends.
/// <c>tests/long/kills.sh</c> does it a hundred times: it sets <c>KUBELAB_KILLS_LOG</c>, a file that gets a line a kill.</summary>
[Collection(LabMachine.Turn)]
[TestMethodOrderer(typeof(StoryOrder))]
public class KilledStory(LabMachine lab) : IClassFixture<LabMachine>
{
    private const int Kills = 10;

    // A whole deployment takes two minutes; each part that was done is done faster the next time.
    private const double LongestSeconds = 14;
    private const string Secret = "kill-9-t0ken-of-no-record";
    private static readonly TimeSpan EndOfOrphans = TimeSpan.FromSeconds(30);

    [Fact, Chapter(1)]
    [Promise("A run that is killed at any moment is gone on with, and leaves no process, no lock and no secret", "kill -9 at a moment of chance, in a deployment from nothing", Tries = Kills)]
    public async Task I_go_on_ten_times_with_one_deployment_that_is_killed()
    {
        LabMachine.SkipUnlessRoot();
        var seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        string[] deploy = ["Deploy", "--resume", "--tier", "0", "--wait", "3m", "--extra-vars", $"{{\"lab_test_token\": \"{Secret}\"}}"];

        for (var kill = 1; kill <= Kills; kill++)
        {
            var moment = TimeSpan.FromSeconds(0.5 + (random.NextDouble() * LongestSeconds));
            await using var run = lab.Start(deploy);
            await Task.Delay(moment, TestContext.Current.CancellationToken);
            var killed = await run.KillAsync();
            if (killed.ExitCode == 0)
            {
                // It was done before: the next one begins from nothing.
                (await lab.BuildAsync("LabDown")).ShouldSucceed();
                kill--;
                continue;
            }

            await NothingIsLeftAsync(run, $"kill {kill} of seed {seed}, after {moment}:\n{killed.Output}");
            Note($"{seed}\t{kill}\t{moment.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)}");
        }

        (await lab.BuildAsync(deploy)).ShouldSucceed();
        (await lab.SmokeTestAsync("--tier", "0")).Run.ShouldSucceed();
        (await LabMachine.OnNodeAsync(LabMachine.Nodes["k8s-m0"], "ls -d /tmp/kubelab.lock 2>/dev/null; true")).ShouldSucceed().Output.ShouldBeEmpty();
        Note($"{seed}\tgreen\t");
    }

    private static async Task NothingIsLeftAsync(OngoingRun run, string when)
    {
        var runs = Path.Combine(LabMachine.Artifacts, "runs");
        if (Directory.Exists(runs) && Directory.GetDirectories(runs).Length > 0)
        {
            foreach (var file in Directory.EnumerateFiles(runs, "*", SearchOption.AllDirectories))
                (await File.ReadAllTextAsync(file)).ShouldNotContain(Secret, Case.Sensitive, $"{file}, {when}");
        }

        if (!run.HasRecord)
            return;
        var started = Stopwatch.GetTimestamp();
        while (run.Processes().Count > 0)
        {
            Stopwatch.GetElapsedTime(started).ShouldBeLessThan(EndOfOrphans, $"{string.Join(' ', run.Processes())} still run, {when}");
            await Task.Delay(TimeSpan.FromMilliseconds(200));
        }
    }

    private static void Note(string line)
    {
        if (Environment.GetEnvironmentVariable("KUBELAB_KILLS_LOG") is { Length: > 0 } log)
            File.AppendAllText(log, $"{line}\n");
    }
}
