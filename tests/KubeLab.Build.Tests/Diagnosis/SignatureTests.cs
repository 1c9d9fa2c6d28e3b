using System.Globalization;
using System.Text.RegularExpressions;
using KubeLab.Ansible;
using KubeLab.Diagnosis;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Diagnosis;

/// <summary>
/// Each signature against recorded output: <c>samples/&lt;signature&gt;/&lt;case&gt;.jsonl</c> holds events as the callback wrote
/// them, <c>.log</c> what Ansible said where no event tells of the failure. The first line says where a sample comes from.
/// </summary>
public class SignatureTests
{
    private static readonly string Samples = Path.Combine(AppContext.BaseDirectory, "Diagnosis", "samples");
    private static readonly SignatureCatalog Catalog = SignatureCatalog.Load();
    private static readonly SignatureMatcher Explainer = new(Catalog, "/home/you/kubespray", "./build.sh Deploy --resume");

    private static readonly Regex Placeholder = new(@"\{[a-z_]+\}", RegexOptions.None, TimeSpan.FromSeconds(1));

    private static readonly Regex ExitCodeText = new("exit code (?<code>[0-9]+)", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));

    // Folders whose samples no signature may match.
    private static readonly string[] Unmatched = ["unexplained", "censored"];

    public static TheoryData<string> Cases =>
        [.. Directory.EnumerateDirectories(Samples).SelectMany(Directory.EnumerateFiles).Select(file => Path.GetRelativePath(Samples, file)).Order(StringComparer.Ordinal)];

    /// <summary>The failures of all samples, and what explains each.</summary>
    internal static IEnumerable<(string Expect, Failure Failure)> All => Cases.Select(each => (string)each.Data!)
        .SelectMany(sample => Read(sample).Select(failure => (Expected(sample) ?? FailureCorpusTests.Unknown, failure)));

    /// <summary>The failures of all samples, what explains each, and where it is from.</summary>
    internal static IEnumerable<(string Expect, string Source, Failure Failure)> Recorded => Cases.Select(each => (string)each.Data!)
        .Select(sample => (Expected(sample) ?? FailureCorpusTests.Unknown, Origin(sample), Read(sample)[0]));

    public static TheoryData<string> Ids => [.. Catalog.Signatures.Select(signature => signature.Id)];

    [Theory, MemberData(nameof(Cases))]
    public void I_am_told_what_happened(string sample)
    {
        foreach (var failure in Read(sample))
        {
            var explanation = Explainer.Explain(failure);

            explanation.Signature.ShouldBe(Expected(sample), failure.Text);
            new[] { explanation.Title, explanation.Meaning, explanation.Remedy }.ShouldAllBe(text => text.Length > 0 && !Placeholder.IsMatch(text));
            explanation.ResumeCommand.ShouldBe("./build.sh Deploy --resume");
        }
    }

    [Theory, MemberData(nameof(Ids))]
    public void Each_signature_has_a_sample(string id) =>
        (Directory.Exists(Path.Combine(Samples, id)) || FailureCorpusTests.Expected.Contains(id)).ShouldBeTrue(id);

    // What neither looks around itself nor refers back can be matched in linear time, so no text makes it slow without end.
    [Fact]
    public void No_pattern_looks_around_itself()
    {
        foreach (var pattern in Catalog.Signatures.SelectMany(Patterns))
            Should.NotThrow(() => new Regex(pattern.Expression, Pattern.Options | RegexOptions.NonBacktracking, TimeSpan.FromSeconds(1)), pattern.Expression);

        static IEnumerable<Pattern> Patterns(FailureSignature signature) =>
            [.. signature.Text, .. signature.Not, .. new[] { signature.Task, signature.Role, signature.Command, signature.Item }.OfType<Pattern>()];
    }

    [Theory]
    [InlineData("title: a\nmeaning: b")]
    [InlineData("title: a\nmeaning: b\nremedy: c")]
    [InlineData("title: a\nmeaning: b\nremedy: c\nstatus: failed")]
    [InlineData("title: a\nmeaning: b\nremedy: c\ndoing: [dreaming]")]
    [InlineData("title: a\nmeaning: b\nremedy: c\ntext: [x]\nserver: [nobodys]")]
    [InlineData("title: a\nmeaning: b\nremedy: c\ntext: [x]\ncertainty: maybe")]
    public void A_signature_that_matches_everything_or_says_what_there_is_not_is_refused(string yaml) =>
        Should.Throw<InvalidOperationException>(() => SignatureFile.Read("mine", yaml));

    [Fact]
    public void I_am_told_the_nodes_the_task_and_its_line()
    {
        var explanation = Explainer.Explain(Read("memory-worker/assert.jsonl").Single());

        explanation.Nodes.Order().ShouldBe(["k8s-n0", "k8s-n1"]);
        explanation.Task.ShouldBe("kubernetes/preinstall : Stop if memory is too small for nodes");
        explanation.TaskFile!.ShouldMatch(@"^roles/kubernetes/preinstall/tasks/0040-verify-settings\.yml:\d+$");
        explanation.Evidence.ShouldContain("minimal_node_memory_mb");
        explanation.Remedy.ShouldContain("minimal_node_memory_mb in group_vars");
        explanation.Links.ShouldContain("https://github.com/kubernetes-sigs/kubespray/issues/2123");
    }

    [Fact]
    public void What_nobody_knows_is_shown_in_full()
    {
        var explanation = Explainer.Explain(Read("unexplained/command.jsonl").Single());

        explanation.Title.ShouldContain("doesn't know");
        explanation.Evidence.ShouldContain("the flux capacitor is empty");
        explanation.Evidence.ShouldContain("cmd: echo the flux capacitor");
        explanation.Evidence.ShouldContain("rc: 7");
    }

    [Fact]
    public void What_is_withheld_says_how_to_see_it()
    {
        var explanation = Explainer.Explain(Read("censored/no-log.jsonl").Single());

        explanation.IsCensored.ShouldBeTrue();
        explanation.Remedy.ShouldContain("no_log: false");
    }

    [Fact]
    public void What_is_withheld_by_a_switch_of_the_release_is_shown_by_the_inventory_as_a_bundle_allows_no_extra_variables()
    {
        using var folder = new TemporaryDirectory();
        folder.Write("tasks/main.yml", "no_log: \"{{ not (unsafe_show_logs | bool) }}\"");

        var remedy = Explainer.Explain(Read("censored/no-log.jsonl").Single() with { TaskPath = $"{folder.File("tasks/main.yml")}:1" }).Remedy;

        remedy.ShouldContain("unsafe_show_logs: true in the inventory's group_vars");
        remedy.ShouldNotContain("--extra-vars");
    }

    [Fact]
    public void A_failure_that_was_ignored_is_none_although_Ansible_2_19_calls_it_an_error()
    {
        var events = new[]
        {
            """{"event": "result", "time": 1.0, "host": "k8s-m0", "task": "Optional", "status": "failed", "ignored": true, "failure": {"msg": "non-zero return code"}}""",
            """{"event": "stats", "time": 2.0, "hosts": {"k8s-m0": {"ok": 1, "ignored": 1}}}""",
        };
        string[] output = ["TASK [Optional] ****", "[ERROR]: Task failed: Module failed: non-zero return code", "...ignoring", "PLAY RECAP ****"];

        FailureReader.Read([.. events.Select(PlaybookEvent.Parse).OfType<PlaybookEvent>()], output, 0).ShouldBeEmpty();
    }

    private static string? Expected(string sample) =>
        Path.GetDirectoryName(sample) is { } folder && !Unmatched.Contains(folder) ? folder : null;

    // Events begin with one that says where they are from, output with a remark.
    private static string Origin(string sample)
    {
        var line = File.ReadLines(Path.Combine(Samples, sample)).First();
        return PlaybookEvent.Parse(line) is { } origin ? origin.Data.GetProperty("from").GetString()! : line.TrimStart('#', ' ');
    }

    private static IReadOnlyList<Failure> Read(string sample)
    {
        var lines = File.ReadAllLines(Path.Combine(Samples, sample));
        var events = sample.EndsWith(".jsonl", StringComparison.Ordinal) ? lines.Select(PlaybookEvent.Parse).OfType<PlaybookEvent>().ToList() : [];
        var failures = FailureReader.Read(events, events.Count > 0 ? [] : lines, ExitCode(lines[0]));
        failures.ShouldNotBeEmpty();
        return failures;
    }

    // Where a sample comes from, its exit code for one, stands in its first line.
    private static int ExitCode(string origin) =>
        ExitCodeText.Match(origin) is { Success: true } match ? int.Parse(match.Groups["code"].Value, CultureInfo.InvariantCulture) : 2;
}
