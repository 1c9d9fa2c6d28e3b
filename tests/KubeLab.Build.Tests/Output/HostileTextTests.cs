using System.Text;
using System.Text.RegularExpressions;
using KubeLab.Ansible;
using KubeLab.Diagnosis;
using KubeLab.Distributions;
using KubeLab.Preflight;
using KubeLab.Records;
using KubeLab.Reports;
using KubeLab.Runs;
using KubeLab.Smoke;
using KubeLab.Tests.Clusters;
using KubeLab.Tests.Machines;
using KubeLab.Tests.Reports;

namespace KubeLab.Tests.Output;

/// <summary>What nodes and logs say, through every writer there is: none of it steers a terminal, and none is a command of a CI
/// service.</summary>
public sealed partial class HostileTextTests : IDisposable
{
    // Colours, a title and a link of a terminal, in seven and in eight bits; marks that turn the direction; NUL; commands of GitHub,
    // Azure Pipelines and TeamCity, at the beginning of a line, behind blanks, after any end of a line, and after what a terminal
    // would not show; and the syntax of GITHUB_ENV.
    public static TheoryData<string> Texts =>
    [
        "\e[31mred\e[0m", "\e]0;title\a", "\e]8;;http://192.0.2.1\e\\link\e]8;;\e\\", "\u009b31mred", "\u009d0;title\u009c", "\ePq#0\e\\", "\ec", "back\b\b\bspace", "bell\a",
        "admin\u202ecod.exe", "\u2066isolated\u2069", "zero\u200bwidth\u200f", "nul\0", "\r::error::x", "::error::x", "  ::add-mask::x", "\t::set-output name=a::b", "a\n::error::x", "a\r\n::error::x",
        "a\u0085::error::x", "a\u2028::error::x", "a\v::error::x", "a\f::error::x", "\e[0m::error::x", "\u200b::error::x", "::stop-commands::x", "##[error]x", "a ##[set-env name=PATH;]/tmp", "##vso[task.setvariable variable=a]b",
        "a ##VSO[task.complete result=Succeeded;]", "##teamcity[buildStatus status='SUCCESS']", "PATH=/tmp/x", "PATH<<EOF\n/tmp/x\nEOF", "\ud800half", "\ufeff::error::x",
        // Where a table's column ends.
        string.Concat(Enumerable.Range(0, 60).Select(length => $"{new string('x', length)} ::error::x ")),
    ];

    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Theory]
    [MemberData(nameof(Texts))]
    [Promise("What a node says steers nothing", "escape sequences, bidi marks, NUL, commands of CI services, through 20 writers")]
    public void No_text_of_a_node_steers_a_terminal_or_a_CI_service(string text)
    {
        foreach (var (writer, written) in Written(text))
        {
            if (Steering().Match(written) is { Success: true } match)
                Assert.Fail($"{writer} lets U+{(int)match.Value[0]:X4} of {Uri.EscapeDataString(text.Replace("\ud800", ""))} through: {Uri.EscapeDataString(written[Math.Max(0, match.Index - 20)..match.Index])}");
            // Files are no log.
            foreach (var line in writer.Contains('.', StringComparison.Ordinal) ? [] : written.Split('\n').Where(line => !Own().IsMatch(line)))
            {
                line.TrimStart().StartsWith("::", StringComparison.Ordinal).ShouldBeFalse($"{writer}: {line}");
                AnyCommand().IsMatch(line).ShouldBeFalse($"{writer}: {line}");
            }
        }
    }

    [Fact]
    public void No_page_lets_anything_run_but_its_own_script()
    {
        using var record = new SampleRecord(nodes: 2, tasks: 2).Failed().Smoke("failed", "<script>x</script>", "<script>x</script>");
        record.Render();

        var page = File.ReadAllText(record.File("report.html"));

        page.ShouldContain("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-");
        page.ShouldContain("base-uri 'none'; form-action 'none'\">");
        Regex.Count(page, "<script").ShouldBe(Regex.Count(page, "</script>"));
        page.ShouldNotContain("<script>x");
    }

    // The writers of files for other programs have JSON and XML of their own escapes; what is in them is looked at as it is written.
    private Dictionary<string, string> Written(string text)
    {
        var written = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["lines"] = Said(log =>
            {
                log.Info(text);
                log.Done(text);
                log.Warning(text);
                log.Failure(text);
                log.Detail(text);
                log.Command(CommandLine.Of("ssh", text));
                log.WatchAsync(text, Task.FromResult(1), () => text).GetAwaiter().GetResult();
            }),
            ["terminal"] = Said(log => log.Info(text), Consoles.OnTerminal).Replace("\e[0m", "", StringComparison.Ordinal),
            ["table"] = Said(log =>
            {
                var table = new ConsoleTable("").Wide("a").Wide("b").InFull();
                table.Row(text, text, text);
                table.Row("", "", text);
                table.Show(log);
            }),
            ["plain view"] = Said(log => View(new PlainView(log, new RunState(["k8s-m0"]), null, TimeProvider.System, groups: false), text)),
            ["grouped view"] = Said(log => View(new PlainView(log, new RunState(["k8s-m0"]), null, TimeProvider.System, groups: true), text)),
            ["raw view"] = Said(log => View(new RawView(log, TimeProvider.System), text)),
            ["live view"] = Said(log => log.Render(new LiveScreen(After(text), null).Draw(DateTimeOffset.UnixEpoch, 100, 10))),
            ["explanation"] = Said(log => new ExplanationView(log).Show(Explained(text))),
            ["versions"] = Said(log => new VersionsTable(log, new DistributionFetcher(new CommandRunner(), log, directory.Path)).Show([new OfferedVersion(text, "0123456789", text, text, text)], new())),
            ["error"] = Thrown(text, problem => throw new UserError(problem, problem)),
            ["crash"] = Thrown(text, problem => throw new InvalidOperationException(problem)),
            ["full disk"] = Thrown(text, problem => throw new IOException(problem)),
        };
        Reported(text, written);
        return written;
    }

    private static string Said(Action<ConsoleLog> say, Func<TextWriter, ConsoleLog>? console = null)
    {
        using var writer = new StringWriter();
        say((console ?? Consoles.Into)(writer));
        return writer.ToString();
    }

    private static IEnumerable<PlaybookEvent> Events(string text)
    {
        var json = System.Text.Json.JsonSerializer.Serialize(text);
        return new[]
        {
            $"{{\"event\": \"play_start\", \"time\": 1, \"play\": {json}}}", $"{{\"event\": \"task_start\", \"time\": 1, \"task\": {json}, \"path\": {json}}}",
            $"{{\"event\": \"start\", \"time\": 1, \"host\": {json}}}", $"{{\"event\": \"result\", \"time\": 2, \"task\": {json}, \"host\": {json}, \"status\": \"failed\", \"failure\": {{\"msg\": {json}}}}}",
        }.Select(PlaybookEvent.Parse).OfType<PlaybookEvent>();
    }

    private static RunState After(string text)
    {
        var state = new RunState(["k8s-m0"]);
        foreach (var happened in Events(text))
            state.Apply(happened);
        return state;
    }

    private static void View(IPlaybookView view, string text)
    {
        view.Line(text);
        view.Line($"ERROR! {text}");
        foreach (var happened in Events(text))
            view.Event(happened);
        view.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    private string Thrown(string text, Action<string> work)
    {
        var recorder = new RunRecorder(() => Sample.Cluster(directory), new SecretMask(), TimeProvider.System, default);
        return Should.Throw<Exception>(() => recorder.RunAsync("SmokeTest", () =>
        {
            work(text);
            return Task.CompletedTask;
        })).ToString();
    }

    private static Explanation Explained(string text) => new()
    {
        Title = text,
        Meaning = text,
        Remedy = text,
        Evidence = text,
        Nodes = [text],
        Task = text,
        TaskFile = text,
        ResumeCommand = text,
        Links = [text],
    };

    private static void Reported(string text, Dictionary<string, string> written)
    {
        using var record = new SampleRecord(nodes: 2, tasks: 2).Failed().Smoke("failed", text, text).Events(1, text).Write("commands.txt", text.Replace("\ud800", "\ufffd", StringComparison.Ordinal))
            .Write("explanations.json", RecordJson.Write(new[] { Explained(text) }));
        record.Write("run.json", RecordJson.Write(record.Read().Outcome! with { Nodes = [new RunNode(text, ["worker"], text)], Failures = [new("InstallCluster", text, text)], Cluster = text }));
        var report = record.Render();
        written["report"] = Said(new Action<ConsoleLog>(log => new ReportTable(log).Show(report)));
        written["runs"] = Said(log => new RunList(log).Show([report]));
        written["comparison"] = Said(log => new ComparisonTable(log).Show(RunComparison.Of(report, report)));
        written["preflight"] = Said(log => new PreflightTable(log).Show(report.Preflight! with { Nodes = [text], Findings = [new Finding("memory", "memory", text, FindingStatus.Failed, text) { Remedy = text, Source = text }] }, text));
        written["smoke"] = Said(log => new SmokeTable(log).Show(report.Smoke!));
        foreach (var file in new[] { "report.html", "summary.md", "junit.xml" })
            written[file] = File.ReadAllText(record.File(file));
        using var annotations = new StringWriter();
        new StepSummary("/x", annotations).Show(report, name => name == "GITHUB_ACTIONS" ? "true" : null);
        written["annotations"] = annotations.ToString();
    }

    // Control characters but tabs and ends of lines, and marks that turn or hide; half a character is none of them.
    [GeneratedRegex(@"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Steering();

    // KubeLab's own: groups, and annotations of a report.
    [GeneratedRegex(@"^::(end)?group::|^::(error|warning) (file=[^:]*,line=\d+,)?title=[^:]*::", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Own();

    [GeneratedRegex(@"##(vso|teamcity)?\[", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex AnyCommand();
}
