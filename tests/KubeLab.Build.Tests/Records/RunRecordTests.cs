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
}
