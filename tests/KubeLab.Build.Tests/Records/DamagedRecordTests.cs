using System.Text.RegularExpressions;
using CsCheck;
using KubeLab.Ansible;
using KubeLab.Reports;
using KubeLab.Runs;
using KubeLab.Tests.Clusters;
using KubeLab.Tests.Machines;
using KubeLab.Tests.Reports;

namespace KubeLab.Tests.Records;

/// <summary>What a run left may be cut off, mixed with other lines, or somebody else's: it is read as far as it goes.</summary>
public partial class DamagedRecordTests
{
    private static readonly string[] Others =
    [
        "null", "true", "-1", "0", "1e400", "99999999999999999999", "\"\"", "\"x\"", "\"9999-99-99\"", "\"\\ud800\"", "[]", "[null]", "[[]]", "{}", "{\"a\":{}}",
        "\"a\",\"event\":null", "\"\\u001b[31m\"", "[1,\"a\",{}]",
    ];

    // A place in a text, how it is damaged there, and by what; CsCheck shows the seed of what fails.
    private static readonly Gen<(int Kind, int At, int Length, int Other, string Noise)> Damage = Gen.Select(
        Gen.Int[0, 5], Gen.Int[0, int.MaxValue], Gen.Int[1, 60], Gen.Int[0, Others.Length - 1], Gen.String[Gen.Char['\0', '\ud7ff'], 0, 20]);

    [Fact]
    [Promise("Damaged records are read as far as they go", "damaged lines of events", Tries = 10_000)]
    public void I_can_read_any_of_10_000_damaged_lines_of_events()
    {
        using var record = new SampleRecord(tasks: 2).Failed();
        var text = string.Join('\n', File.ReadLines(record.File("events.jsonl")).Where((_, line) => line % 3 == 0).TakeLast(12));

        Damage.Sample(
            damage =>
            {
                var events = Damaged(text, damage).Split('\n').Select(PlaybookEvent.Parse).OfType<PlaybookEvent>().ToList();
                _ = TimelineReader.Read(events, ["k8s-m0"]);
                _ = PlayRecap.From(events);
                foreach (var happened in events)
                    _ = (happened.Task, happened.Host, happened.Seconds, happened.FailureText, happened.FailureDetails, happened.IsPartial);
            },
            iter: 10_000);
    }

    [Fact]
    [Promise("Damaged records are read as far as they go", "damaged notes of the ledger", Tries = 10_000)]
    public void I_can_read_any_of_10_000_damaged_notes_of_a_target_and_what_is_damaged_proves_nothing()
    {
        using var directory = new TemporaryDirectory();
        var cluster = Sample.Cluster(directory);
        var ledger = new Ledger(cluster, TimeProvider.System);
        ledger.Note("InstallCluster", new Dictionary<string, string> { ["inventory"] = "hash" }, LedgerOutcome.Failed);
        var file = Directory.GetFiles(Path.Combine(cluster.ArtifactsDirectory, "ledger")).ShouldHaveSingleItem();
        var text = File.ReadAllText(file);

        Damage.Sample(
            damage =>
            {
                File.WriteAllText(file, Damaged(text, damage));
                ledger.Judge("InstallCluster", new Dictionary<string, string> { ["inventory"] = "another" }).MaySkip.ShouldBeFalse();
            },
            iter: 10_000, threads: 1);
    }

    [Fact]
    [Promise("Damaged records are read as far as they go", "damaged records, read and shown", Tries = 2_500)]
    public void I_can_read_and_show_any_of_2_500_damaged_records()
    {
        using var record = new SampleRecord(nodes: 2, tasks: 2).Failed().Smoke("failed");
        var files = new[] { "run.json", "preflight.json", "smoke.json", "explanations.json", "events.jsonl", "commands.txt" }
            .Select(name => (Path: record.File(name), Text: File.ReadAllText(record.File(name)))).ToList();

        Gen.Select(Gen.Int[0, files.Count - 1], Damage).Sample(
            (which, damage) =>
            {
                File.WriteAllText(files[which].Path, Damaged(files[which].Text, damage));
                try
                {
                    _ = ReportMarkdown.Write(record.Read());
                }
                finally
                {
                    File.WriteAllText(files[which].Path, files[which].Text);
                }
            },
            iter: 2_500, threads: 1);
    }

    private static string Damaged(string text, (int Kind, int At, int Length, int Other, string Noise) damage)
    {
        var at = damage.At % text.Length;
        var end = Math.Min(text.Length, at + damage.Length);
        var values = Value().Matches(text);
        return damage.Kind switch
        {
            0 => text[..at],
            1 => text[..at] + text[end..],
            2 => text[..end] + text[at..],
            3 => text[..at] + damage.Noise + text[at..],
            _ when values.Count == 0 => text,
            _ when values[damage.At % values.Count].Groups["value"] is var value => text[..value.Index] + Others[damage.Other] + text[(value.Index + value.Length)..],
            _ => text,
        };
    }

    [GeneratedRegex("""(?<=:\s?)(?<value>"(\\.|[^"\\])*"|[-0-9.]+|true|false|null|\[\]|\{\})""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Value();
}
