using KubeLab.Clusters;
using KubeLab.Records;
using KubeLab.Tests.Clusters;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Records;

public class RunRecordTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void I_find_a_run_by_its_time_and_the_commands_in_it()
    {
        using var directory = new TemporaryDirectory();
        var record = new RunRecord(Sample.Cluster(directory), Start);

        record.AddCommand(CommandLine.Of("ansible-playbook", "cluster.yml"));

        Path.GetFileName(record.Directory).ShouldBe("2026-01-02T03-04-05Z");
        File.ReadAllText(record.File("commands.txt")).ShouldBe("ansible-playbook cluster.yml\n");
    }

    [Fact]
    public void I_find_no_folder_of_a_run_that_left_nothing()
    {
        using var directory = new TemporaryDirectory();
        var cluster = Sample.Cluster(directory);

        _ = new RunRecord(cluster, Start);

        Directory.Exists(cluster.RunsDirectory).ShouldBeFalse();
    }

    [Fact]
    public void I_keep_the_last_twenty_runs()
    {
        using var directory = new TemporaryDirectory();
        var cluster = Sample.Cluster(directory);

        for (var day = 0; day < 25; day++)
            End(new RunRecord(cluster, Start.AddDays(day)), 1);

        var kept = Kept(cluster);
        kept.Count.ShouldBe(20);
        kept[0].ShouldBe("2026-01-07T03-04-05Z");
    }

    [Fact]
    [Promise("Pruning takes nothing that is needed", "a run that goes on, and a record without an end")]
    public void I_keep_what_a_run_is_using_and_what_one_that_was_killed_has_left()
    {
        using var directory = new TemporaryDirectory();
        var cluster = Sample.Cluster(directory);
        var going = new RunRecord(cluster, Start);
        going.Write("commands.txt", "x");
        var killed = new RunRecord(cluster, Start.AddDays(1));
        killed.Write(RunOutcome.FileName, "{\"version\": 1, \"clu");

        for (var day = 2; day < 30; day++)
            End(new RunRecord(cluster, Start.AddDays(day)), 1);

        Kept(cluster).Take(2).ShouldBe(["2026-01-02T03-04-05Z", "2026-01-03T03-04-05Z"]);
        Kept(cluster).Count.ShouldBe(22);
        going.Append("commands.txt", "y");
        File.ReadAllText(going.File("commands.txt")).ShouldBe("xy");
    }

    [Fact]
    [Promise("Pruning takes nothing that is needed", "a clock set back by 50 years")]
    public void I_keep_my_records_when_the_clock_was_set_back_and_forth()
    {
        using var directory = new TemporaryDirectory();
        var cluster = Sample.Cluster(directory);
        for (var day = 0; day < 20; day++)
            End(new RunRecord(cluster, Start.AddYears(50).AddDays(day)), 1);

        for (var day = 0; day < 20; day++)
            End(new RunRecord(cluster, Start.AddDays(day)), 1);

        Kept(cluster).Count(name => name!.StartsWith("2076", StringComparison.Ordinal)).ShouldBe(20);
        Kept(cluster).Count(name => name!.StartsWith("2026", StringComparison.Ordinal)).ShouldBe(20);
        End(new RunRecord(cluster, Start.AddYears(51)), 1);
        Kept(cluster).Count.ShouldBe(20);
    }

    [Fact]
    [Promise("Pruning takes nothing that is needed", "16 runs in one second", Tries = 16)]
    public async Task Two_runs_in_one_second_have_a_record_each()
    {
        using var directory = new TemporaryDirectory();
        var cluster = Sample.Cluster(directory);

        var records = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => new RunRecord(cluster, Start).Directory)));

        records.ShouldBeUnique();
        Kept(cluster).Count.ShouldBe(16);
    }

    [Fact]
    public void I_keep_the_last_good_run_even_where_it_ran_no_playbook()
    {
        using var directory = new TemporaryDirectory();
        var cluster = Sample.Cluster(directory);
        End(new RunRecord(cluster, Start), 0);
        End(new RunRecord(cluster, Start.AddDays(1)), 0);

        for (var day = 2; day < 30; day++)
            End(new RunRecord(cluster, Start.AddDays(day)), 1);

        Kept(cluster).Take(2).ShouldBe(["2026-01-03T03-04-05Z", "2026-01-12T03-04-05Z"]);
    }

    [Fact]
    [Promise("Pruning takes nothing that is needed", "25 runs after the last good one")]
    public void I_keep_the_last_good_run_of_each_playbook_whatever_came_after_it()
    {
        using var directory = new TemporaryDirectory();
        var cluster = Sample.Cluster(directory);
        Run(0, 0, """{"event": "playbook_start", "playbook": "cluster.yml"}""");
        Run(1, 0, """{"event": "playbook_start", "playbook": "cluster.yml"}""");
        Run(2, 0, """{"event": "playbook_start", "playbook": "cluster.yml", "partial": true}""");
        Run(3, 2, """{"event": "playbook_start", "playbook": "cluster.yml"}""");
        Run(4, 0, """{"event": "playbook_start", "playbook": "scale.yml"}""");
        Run(5, 0, "half of a li");
        Run(6, 0, "");
        Run(7, 0, "[]");

        for (var day = 10; day < 35; day++)
            End(new RunRecord(cluster, Start.AddDays(day)), 1);

        // The last one of scale.yml, of cluster.yml, and the last that ran none.
        var kept = Kept(cluster);
        kept.Count.ShouldBe(23);
        kept.Take(3).ShouldBe(["2026-01-03T03-04-05Z", "2026-01-06T03-04-05Z", "2026-01-09T03-04-05Z"]);

        void Run(int day, int exitCode, string firstEvent)
        {
            var record = new RunRecord(cluster, Start.AddDays(day));
            record.Write("events.jsonl", firstEvent + "\n");
            End(record, exitCode);
        }
    }

    private static List<string?> Kept(Cluster cluster) => [.. Directory.GetDirectories(cluster.RunsDirectory).Select(Path.GetFileName).Order(StringComparer.Ordinal)];

    private static void End(RunRecord record, int exitCode) => record.Write(RunOutcome.FileName, RecordJson.Write(new RunOutcome
    {
        Cluster = "lab",
        RequestedTargets = "Deploy",
        Started = Start,
        Seconds = 1,
        ExitCode = exitCode,
    }));
}
