using System.Xml.Linq;
using KubeLab.Reports;
using KubeLab.Smoke;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Smoke;

public class SmokeOutputTests
{
    private const string Nasty = "<b>|`x`*@you*|</b> \u001b[31m::error::";

    [Fact]
    public void I_read_a_table_that_fits_100_columns_and_failures_below_it()
    {
        using var said = new StringWriter();

        new SmokeTable(Consoles.Into(said)).Show(Report());

        var lines = said.ToString().Split('\n');
        lines.ShouldAllBe(line => line.TrimEnd().Length <= 100);
        said.ToString().ShouldNotContain('\u001b');
        said.ToString().ShouldContain("✗ nodes-ready");
        said.ToString().ShouldContain("kubectl describe node k8s-n1");
        said.ToString().ShouldContain("1 passed, 1 failed, 1 skipped");
    }

    [Fact]
    public void I_get_JSON_that_its_schema_describes() => SchemaCheck.Follow("smoke.schema.json", RecordJson.Write(Report()));

    [Fact]
    public void I_get_a_JUnit_suite_with_the_evidence_in_the_failure()
    {
        var suite = XElement.Parse(Written.Text(file => ReportJUnit.Write(file, new RunReport { Directory = "/x", Cluster = "lab", Smoke = Report() }))).Element("testsuite")!;

        ((int)suite.Attribute("tests")!, (int)suite.Attribute("failures")!, (int)suite.Attribute("skipped")!).ShouldBe((3, 1, 1));
        suite.Descendants("failure").Single().Value.ShouldContain("kubectl describe node k8s-n1");
        suite.ToString().ShouldNotContain("\u001b");
    }

    [Fact]
    public void I_get_Markdown_in_which_text_of_the_cluster_stays_text()
    {
        var text = FindingsMarkdown.Write(Report());

        text.IndexOf("### ❌ nodes-ready", StringComparison.Ordinal).ShouldBeLessThan(text.IndexOf("| | check |", StringComparison.Ordinal));
        text.ShouldNotContain("<b>");
        text.ShouldContain("\\|\\`x\\`\\*&#64;you\\*\\|");
        text.ShouldContain("````text\na fence ``` within\n````");
    }

    [Theory]
    [InlineData(FindingStatus.Passed, FindingStatus.Skipped, null, 0)]
    [InlineData(FindingStatus.Passed, FindingStatus.Failed, null, 2)]
    [InlineData(FindingStatus.Skipped, FindingStatus.Skipped, null, 3)]
    [InlineData(FindingStatus.Passed, FindingStatus.Skipped, "namespaces are forbidden", 3)]
    [InlineData(FindingStatus.Passed, FindingStatus.Failed, "namespaces are forbidden", 2)]
    public void I_get_an_exit_code_by_what_became_of_the_checks(FindingStatus one, FindingStatus other, string? reason, int code) =>
        (Report() with { Checks = [Result(new NodeSetCheck(), one), Result(new NodesReadyCheck(), other)], CouldNotRun = reason }).ExitCode.ShouldBe(code);

    private static SmokeReport Report() => new()
    {
        Started = DateTimeOffset.Parse("2026-11-22T18:00:00Z"),
        Duration = TimeSpan.FromSeconds(12.345),
        Kubectl = "/usr/bin/kubectl",
        Server = "https://192.0.2.10:6443",
        Tier = 1,
        Namespace = "kubelab-smoke-abcdef",
        Checks =
        [
            Result(new NodeSetCheck(), FindingStatus.Passed),
            SmokeCheckResult.Of(new NodesReadyCheck(), SmokeVerdict.From("", [Finding.Pass("k8s-n0", "Ready"), Finding.Fail("k8s-n1", $"is not Ready: {Nasty}", new("node", "k8s-n1"))]), TimeSpan.FromSeconds(1)) with
            {
                Evidence = [new("kubectl describe node k8s-n1", "a fence ``` within\n")],
            },
            Result(new StorageCheck(), FindingStatus.Skipped),
        ],
    };

    private static SmokeCheckResult Result(ISmokeCheck check, FindingStatus status) =>
        SmokeCheckResult.Of(check, new SmokeVerdict(status, "as it is, in a sentence that is long enough to be broken into several lines of the table", []), TimeSpan.FromSeconds(75));

    // As much of JSON Schema as the file uses.
}
