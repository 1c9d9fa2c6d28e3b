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
            _ = new RunRecord(cluster, Start.AddDays(day)).Directory;

        var kept = Directory.GetDirectories(cluster.RunsDirectory).Select(Path.GetFileName).Order().ToList();
        kept.Count.ShouldBe(20);
        kept[0].ShouldBe("2026-01-07T03-04-05Z");
    }

    [Fact]
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
            _ = new RunRecord(cluster, Start.AddDays(day)).Directory;

        var kept = Directory.GetDirectories(cluster.RunsDirectory).Select(Path.GetFileName).Order().ToList();
        kept.Count.ShouldBe(22);
        kept.Take(2).ShouldBe(["2026-01-03T03-04-05Z", "2026-01-06T03-04-05Z"]);

        void Run(int day, int exitCode, string firstEvent)
        {
            var record = new RunRecord(cluster, Start.AddDays(day));
            record.Write("events.jsonl", firstEvent + "\n");
            record.Write(RunOutcome.FileName, RecordJson.Write(new RunOutcome
            {
                Cluster = "lab",
                RequestedTargets = "Deploy",
                Started = Start,
                Seconds = 1,
                ExitCode = exitCode,
            }));
        }
    }
}
