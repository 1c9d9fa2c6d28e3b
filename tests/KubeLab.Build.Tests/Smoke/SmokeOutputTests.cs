using System.Xml.Linq;
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
    public void I_get_JSON_that_its_schema_describes() => SchemaCheck.Follow("smoke.schema.json", SmokeJson.Write(Report()));

    [Fact]
    public void I_get_a_JUnit_suite_with_the_evidence_in_the_failure()
    {
        var suite = XElement.Parse(SmokeJUnit.Suite(Report()).ToString());

        ((int)suite.Attribute("tests")!, (int)suite.Attribute("failures")!, (int)suite.Attribute("skipped")!).ShouldBe((3, 1, 1));
        suite.Descendants("failure").Single().Value.ShouldContain("kubectl describe node k8s-n1");
        suite.ToString().ShouldNotContain("\u001b");
    }

    [Fact]
    public void I_get_Markdown_in_which_text_of_the_cluster_stays_text()
    {
        var text = SmokeMarkdown.Write(Report());

        text.IndexOf("### ❌ nodes-ready", StringComparison.Ordinal).ShouldBeLessThan(text.IndexOf("| | check |", StringComparison.Ordinal));
        text.ShouldNotContain("<b>");
        text.ShouldContain("\\|\\`x\\`\\*&#64;you\\*\\|");
        text.ShouldContain("````text\na fence ``` within\n````");
    }

    [Theory]
    [InlineData(SmokeStatus.Passed, SmokeStatus.Skipped, null, 0)]
    [InlineData(SmokeStatus.Passed, SmokeStatus.Failed, null, 2)]
    [InlineData(SmokeStatus.Skipped, SmokeStatus.Skipped, null, 3)]
    [InlineData(SmokeStatus.Passed, SmokeStatus.Skipped, "namespaces are forbidden", 3)]
    [InlineData(SmokeStatus.Passed, SmokeStatus.Failed, "namespaces are forbidden", 2)]
    public void I_get_an_exit_code_by_what_became_of_the_checks(SmokeStatus one, SmokeStatus other, string? reason, int code) =>
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
            Result(new NodeSetCheck(), SmokeStatus.Passed),
            new(new NodesReadyCheck(), SmokeVerdict.From("", [SmokeFinding.Pass("k8s-n0", "Ready"), SmokeFinding.Fail("k8s-n1", $"is not Ready: {Nasty}", new("node", "k8s-n1"))]), TimeSpan.FromSeconds(1))
            {
                Evidence = [new("kubectl describe node k8s-n1", "a fence ``` within\n")],
            },
            Result(new StorageCheck(), SmokeStatus.Skipped),
        ],
    };

    private static SmokeCheckResult Result(ISmokeCheck check, SmokeStatus status) =>
        new(check, new SmokeVerdict(status, "as it is, in a sentence that is long enough to be broken into several lines of the table", []), TimeSpan.FromSeconds(75));

    // As much of JSON Schema as the file uses.
}
