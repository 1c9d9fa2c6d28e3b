using System.Xml.Linq;

namespace KubeLab.Project;

/// <summary>Runs test projects with <c>dotnet test</c>, their output live, and counts their results.</summary>
public sealed class TestRun(CommandRunner commands, ConsoleLog log, string rootDirectory)
{
    private string ResultsDirectory => Path.Combine(rootDirectory, "artifacts", "tests");

    /// <summary>Runs suites one after another; a suite that fails does not keep the others from running.</summary>
    /// <param name="filter">Only tests whose full name contains this; null for all.</param>
    /// <exception cref="UserError">A test failed, or a suite broke off.</exception>
    public async Task RunAsync(
        IReadOnlyList<TestSuite> suites, TimeSpan limit, string? filter, CancellationToken cancellationToken = default)
    {
        await BuildAsync(limit, cancellationToken);
        var counts = TestCounts.None;
        foreach (var suite in suites)
            counts += await RunAsync(suite, limit, filter, cancellationToken);
        WriteReliability();
        foreach (var reason in counts.SkipReasons)
            log.Warning($"skipped {reason}");
        log.Info(counts.ToString());
        if (counts.Failed > 0)
            throw new UserError(
                $"{counts.Failed} of {counts.Passed + counts.Failed} tests failed.", $"Their results are in {ResultsDirectory}");
    }

    // Its copy under docs follows as other pages do.
    private void WriteReliability() => File.WriteAllText(
        Path.Combine(ResultsDirectory, "reliability.md"), ReliabilityTable.Of(rootDirectory, ResultsDirectory));

    // All projects at once: what they share is compiled once, and what they don't side by side.
    private async Task BuildAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        var build = Command(["build", "KubeLab.Build.sln", "--nologo", "--verbosity", "quiet", "-p:RunAnalyzers=false"], limit);
        log.Command(build with { Environment = new Dictionary<string, string?>() });
        var result = await log.WatchAsync("Compiling the tests", commands.RunAsync(build, cancellationToken: cancellationToken));
        if (!result.Succeeded)
            log.Info(result.StandardOutput);
        result.EnsureSucceeded("Compiling the tests", "Mend what the compiler says above.");
    }

    private async Task<TestCounts> RunAsync(TestSuite suite, TimeSpan limit, string? filter, CancellationToken cancellationToken)
    {
        var results = Path.Combine(ResultsDirectory, $"{suite.Name}.trx");
        Directory.CreateDirectory(ResultsDirectory);
        File.Delete(results);
        List<string> arguments = [
            "test", suite.ProjectFile, "--nologo", "--no-build", "--results-directory", ResultsDirectory,
            "--logger", $"trx;LogFileName={suite.Name}.trx", "--logger", "console;verbosity=normal",
        ];
        if (suite.Filter(filter) is { } chosen)
            arguments.AddRange(["--filter", chosen]);
        var command = Command(arguments, limit);
        log.Command(command with { Environment = new Dictionary<string, string?>() });
        var result = await commands.RunAsync(command, log.Info, log.Info, cancellationToken);
        var counts = File.Exists(results) ? TestCounts.Read(results) : TestCounts.None;
        // A suite that broke off may have written only passed tests.
        if (counts.Failed == 0)
            result.EnsureSucceeded($"The test suite {suite.Name}");
        return counts;
    }

    private CommandLine Command(IReadOnlyList<string> arguments, TimeSpan limit) => new("dotnet", arguments)
    {
        WorkingDirectory = rootDirectory,
        Timeout = limit,
        Environment = new Dictionary<string, string?>()
        {
            // A test starts programs of its own: what this run was told must not reach them.
            ["NUKE_ROOT"] = null,
            ["MSBUILDDISABLENODEREUSE"] = "1",
        },
    };
}

/// <summary>One of KubeLab's own test projects, or a part of one.</summary>
/// <param name="ProjectFile">The project, relative to the root.</param>
/// <param name="Only">Which of its tests, as <c>dotnet test --filter</c> takes it; null for all.</param>
public sealed record TestSuite(string Name, string ProjectFile, string? Only = null)
{
    private const string LabProject = "tests/KubeLab.Lab.Tests/KubeLab.Lab.Tests.csproj";
    private const string KubesprayTests = "KubeLab.Lab.Tests.Kubespray.";

    /// <summary>What <c>Test</c> runs: no lab, under five minutes.</summary>
    public static IReadOnlyList<TestSuite> Quick { get; } = [
        new("build", "tests/KubeLab.Build.Tests/KubeLab.Build.Tests.csproj"),
        new("bundled", "tests/KubeLab.Bundled.Tests/KubeLab.Bundled.Tests.csproj"),
        new("scripts", "tests/KubeLab.Scripts.Tests/KubeLab.Scripts.Tests.csproj"),
    ];

    /// <summary>What <c>TestLab</c> runs: the lab end to end.</summary>
    public static IReadOnlyList<TestSuite> Lab { get; } = [new("lab", LabProject, $"FullyQualifiedName!~{KubesprayTests}")];

    /// <summary>What <c>TestKubespray</c> runs: the real Kubespray on the lab's machines.</summary>
    public static IReadOnlyList<TestSuite> Kubespray { get; } = [
        new("kubespray", LabProject, $"FullyQualifiedName~{KubesprayTests}"),
    ];

    /// <summary>What <c>dotnet test --filter</c> is told; null for all.</summary>
    /// <param name="name">Only tests whose full name contains this; null for all.</param>
    internal string? Filter(string? name) =>
        new[] { Only, name is null ? null : $"FullyQualifiedName~{name}" }.OfType<string>().ToArray() is { Length: > 0 } chosen
            ? string.Join('&', chosen)
            : null;
}

/// <summary>How many tests ended in which way, and why some were skipped.</summary>
internal sealed record TestCounts(int Passed, int Failed, int Skipped, IReadOnlyList<string> SkipReasons)
{
    private static readonly XNamespace Trx = "http://microsoft.com/schemas/VisualStudio/TeamTest/2010";

    public static TestCounts None { get; } = new(0, 0, 0, []);

    /// <summary>The line that closes a run of tests: <c>12 passed, 0 failed, 1 skipped</c>.</summary>
    public override string ToString() => $"{Passed} passed, {Failed} failed, {Skipped} skipped";

    public static TestCounts operator +(TestCounts left, TestCounts right) => new(
        left.Passed + right.Passed, left.Failed + right.Failed,
        left.Skipped + right.Skipped, [.. left.SkipReasons, .. right.SkipReasons]);

    /// <summary>Reads a results file in Visual Studio's TRX format.</summary>
    /// <exception cref="UserError">The file isn't there: the test run broke off before it wrote its results.</exception>
    public static TestCounts Read(string trxFile)
    {
        if (!File.Exists(trxFile))
            throw new UserError($"The test run left no results file {trxFile}.", "Look at what it said above.");
        var results = XDocument.Load(trxFile).Descendants(Trx + "UnitTestResult").ToList();
        var outcomes = results.ToLookup(result => (string?)result.Attribute("outcome") ?? "");
        var passed = outcomes["Passed"].Count();
        var skipped = outcomes["NotExecuted"].ToList();
        return new TestCounts(passed, results.Count - passed - skipped.Count, skipped.Count, [.. skipped.Select(Reason)]);
    }

    private static string Reason(XElement result) =>
        $"{(string?)result.Attribute("testName")}: {result.Descendants(Trx + "Message").FirstOrDefault()?.Value.Trim() ?? "no reason given"}";
}
