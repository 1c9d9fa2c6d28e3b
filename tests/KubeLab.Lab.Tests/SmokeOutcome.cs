using System.Text.Json;

namespace KubeLab.Lab.Tests;

/// <summary>What a smoke test found, read from the record that it left.</summary>
/// <param name="Run">The run.</param>
/// <param name="Blames">The findings of the checks that failed.</param>
/// <param name="Checks">Each check's status: passed, failed or skipped.</param>
public sealed record SmokeOutcome(KubeLabRun Run, IReadOnlyList<SmokeBlame> Blames, IReadOnlyDictionary<string, string> Checks)
{
    public static SmokeOutcome Read(KubeLabRun run, string runsFolder)
    {
        var record = Directory.GetDirectories(runsFolder).Order(StringComparer.Ordinal).Last();
        var report = JsonDocument.Parse(File.ReadAllText(Path.Combine(record, "smoke.json"))).RootElement;
        var checks = report.GetProperty("checks").EnumerateArray().ToList();
        return new SmokeOutcome(
            run,
            [.. checks.SelectMany(Blamed)],
            checks.ToDictionary(check => check.GetProperty("id").GetString()!, check => check.GetProperty("status").GetString()!));
    }

    /// <summary>One check failed and no other one, and it blames these nodes and no other ones.</summary>
    public void ShouldBlame(string check, string[] nodes, string message)
    {
        Run.ExitCode.ShouldBe(2, Run.Output);
        Together(Blames.Select(blame => blame.Check)).ShouldBe(check, Run.Output);
        Together(Blames.Select(blame => blame.Node).OfType<string>()).ShouldBe(Together(nodes), Run.Output);
        Blames.Any(blame => blame.Message.Contains(message, StringComparison.Ordinal)).ShouldBeTrue(Run.Output);
    }

    private static string Together(IEnumerable<string> names) => string.Join(' ', names.Distinct().Order(StringComparer.Ordinal));

    private static IEnumerable<SmokeBlame> Blamed(JsonElement check) => check.GetProperty("status").GetString() != "failed"
        ? []
        : check.GetProperty("findings").EnumerateArray()
            .Where(finding => finding.GetProperty("status").GetString() == "failed")
            .Select(finding => new SmokeBlame(
                check.GetProperty("id").GetString()!, finding.GetProperty("node").GetString(), finding.GetProperty("message").GetString()!));
}
