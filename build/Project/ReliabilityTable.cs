using System.Xml.Linq;

namespace KubeLab.Project;

/// <summary>What docs/reliability.md says: each promise, how often a test tried to break it, and how often it held. The promises
/// stand at the tests (<c>[Promise]</c>), the counts come from the results of their last run; those of a suite that did not run
/// stay as they were.</summary>
public static partial class ReliabilityTable
{
    private const string NeverRun = "-";
    private static readonly XNamespace Trx = "http://microsoft.com/schemas/VisualStudio/TeamTest/2010";

    /// <summary>The promises, in the order of the tests' files.</summary>
    /// <param name="tests">The folder <c>tests</c>.</param>
    public static IReadOnlyList<KeptPromise> Promises(string tests) => [.. Directory
        .EnumerateFiles(tests, "*.cs", SearchOption.AllDirectories)
        .Where(file => !file.Contains("/obj/") && !file.Contains("/bin/")).Order(StringComparer.Ordinal)
        .SelectMany(file => Attribute().Matches(File.ReadAllText(file)).Select(match => new KeptPromise(
            match.Groups["promise"].Value, match.Groups["fault"].Value,
            $"{Path.GetFileNameWithoutExtension(file).Split('.')[0]}.{match.Groups["test"].Value}",
            file.Contains("Lab.Tests") ? "TestLab" : "Test", TriesOf(match, File.ReadAllText(file)))))];

    /// <summary>The page of a checkout, after its tests have run.</summary>
    /// <param name="results">The folder of their results.</param>
    public static string Of(string rootDirectory, string results)
    {
        var page = Path.Combine(rootDirectory, "docs", "reliability.md");
        return Page(
            Promises(Path.Combine(rootDirectory, "tests")),
            Directory.Exists(results) ? Directory.EnumerateFiles(results, "*.trx") : [],
            File.Exists(page) ? File.ReadAllText(page) : null);
    }

    /// <summary>The page.</summary>
    /// <param name="results">Files of results (TRX).</param>
    /// <param name="before">The page as it was; null for none.</param>
    public static string Page(IReadOnlyList<KeptPromise> promises, IEnumerable<string> results, string? before)
    {
        var outcomes = results.SelectMany(file => XDocument.Load(file).Descendants(Trx + "UnitTestResult"))
            .ToLookup(
                result => Test().Match((string?)result.Attribute("testName") ?? "").Value,
                result => (string?)result.Attribute("outcome"));
        var rows = promises
            .OrderBy(each => each.Promise, StringComparer.Ordinal).ThenBy(each => each.Test, StringComparer.Ordinal)
            .Select(each => Row(each, [.. outcomes[each.Test]], before));
        return $"""
            # How reliable it is

            What is promised, what was done to break it, how often, and how often the promise held. `./build.sh Test` and
            `./build.sh TestLab` make this page of their own results, as `artifacts/tests/reliability.md`; this copy follows with
            `KUBELAB_UPDATE_SCHEMA=1 ./build.sh Test --test-filter ReliabilityDocs` and is not written by hand. A test that was
            never run has a dash.

            By chance tried again, longer and with other seeds: `KUBELAB_FUZZ_SECONDS=60 ./build.sh Test --test-filter Fuzz` (a
            minute a parser; what fails is kept in `tests/KubeLab.Build.Tests/Fuzz/corpus`), `tests/long/kills.sh` (a hundred
            kills) and `tests/long/load.sh` (ten deployments and smoke tests beside four busy loops). Both go on where they were
            stopped.

            {MarkdownText.Table(["promise", "fault", ":tried", ":held", "test"], rows)}
            """;
    }

    private static IReadOnlyList<string> Row(KeptPromise each, List<string?> outcomes, string? before)
    {
        var ran = outcomes.Where(outcome => outcome != "NotExecuted").ToList();
        var old = before?.Split('\n').FirstOrDefault(line => line.Contains($"`{each.Test}`"))?.Split('|');
        var (tried, held) = ran.Count > 0
            ? ($"{ran.Count * each.Tries}", $"{ran.Count(outcome => outcome == "Passed") * each.Tries}")
            : old is { Length: > 5 } ? (old[3].Trim(), old[4].Trim()) : (NeverRun, NeverRun);
        return [
            MarkdownText.Inline(each.Promise), MarkdownText.Inline(each.Fault), tried, held,
            $"`{each.Target} --test-filter` `{each.Test}`",
        ];
    }

    // A number, or a constant of the test's.
    private static int TriesOf(Match match, string file)
    {
        var name = match.Groups["tries"].Value;
        var constant = Constant().Matches(file).FirstOrDefault(each => each.Groups["name"].Value == name)?.Groups["value"].Value;
        return int.TryParse((constant ?? name).Replace("_", ""), out var number) ? number : 1;
    }

    [GeneratedRegex(@"const int (?<name>\w+) = (?<value>[0-9_]+);", RegexOptions.None, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Constant();

    [GeneratedRegex(
        """\[Promise\(\s*"(?<promise>[^"]+)",\s*"(?<fault>[^"]+)"(,\s*Tries = (?<tries>\w+))?\)\]\s*(\[[^\n]*\]\s*)*public (async )?\w+ (?<test>\w+)\(""",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Attribute();

    // Class and method of a test's full name, without its arguments.
    [GeneratedRegex(@"\w+\.\w+(?=\(|$)", RegexOptions.None, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Test();
}

/// <summary>A promise, and the test that keeps it.</summary>
/// <param name="Test">Class and method.</param>
/// <param name="Target">What runs it.</param>
/// <param name="Tries">How often each case of the test tries it.</param>
public sealed record KeptPromise(string Promise, string Fault, string Test, string Target, int Tries);
