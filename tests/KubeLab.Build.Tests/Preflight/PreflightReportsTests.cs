using System.Text.Json;
using System.Xml.Linq;
using KubeLab.Preflight;
using KubeLab.Reports;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Preflight;

public sealed class PreflightReportsTests : IDisposable
{
    private readonly SampleCluster cluster = new SampleCluster()
        .Node("k8s-m0", "ce", SampleFacts.Healthy(10))
        .Node("k8s-n1", "w", SampleFacts.Healthy(21, memoryMb: 512) with { Services = [], HostName = "<b>\u001b[31m|x`@y" });

    [Theory, InlineData(false), InlineData(true)]
    public void I_can_read_the_JSON_by_its_schema(bool strict) =>
        SchemaCheck.Follow("preflight.schema.json", Written.Text(file => RecordJson.Write(file, cluster.Report() with { Strict = strict })));

    [Fact]
    public void I_find_node_figures_source_and_remedy_in_the_JSON()
    {
        using var report = JsonDocument.Parse(Written.Text(file => RecordJson.Write(file, cluster.Report())));

        var finding = report.RootElement.GetProperty("findings").EnumerateArray().Single(each => each.GetProperty("check").GetString() == "memory" && each.GetProperty("status").GetString() == "failed");
        finding.GetProperty("node").GetString().ShouldBe("k8s-n1");
        (finding.GetProperty("observed").GetProperty("value").GetInt32(), finding.GetProperty("observed").GetProperty("unit").GetString()).ShouldBe((512, "MB"));
        finding.GetProperty("required").GetProperty("value").GetInt32().ShouldBe(1024);
        finding.GetProperty("source").GetProperty("file").GetString().ShouldBe("roles/kubernetes/preinstall/defaults/main.yml");
        finding.GetProperty("source").GetProperty("line").GetInt32().ShouldBe(3);
        finding.GetProperty("remedy").GetString()!.ShouldStartWith("Give k8s-n1");
        report.RootElement.GetProperty("succeeded").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public void I_find_failures_and_skipped_checks_in_the_JUnit_suite()
    {
        var report = cluster.Report();

        var suite = Suite(report);

        suite.Elements("testcase").Count().ShouldBe(report.Findings.Count);
        suite.Attribute("failures")!.Value.ShouldBe($"{suite.Descendants("failure").Count()}");
        suite.Attribute("skipped")!.Value.ShouldBe($"{suite.Descendants("skipped").Count()}");
        suite.Descendants("failure").First(failure => failure.Parent!.Attribute("classname")!.Value == "ValidateNodes.k8s-n1").Value.ShouldContain("What to do: Give k8s-n1 at least 1024 MB");
    }

    [Fact]
    public void I_see_in_every_report_what_could_not_be_judged_and_why()
    {
        using var silent = new SampleCluster().Node("k8s-n1", "cew", SampleFacts.Healthy() with { MemoryTotalKb = null, Lacking = ["grep"] });
        var report = silent.Report();

        using var json = JsonDocument.Parse(Written.Text(file => RecordJson.Write(file, report)));
        json.RootElement.GetProperty("findings").EnumerateArray().Single(each => each.GetProperty("unknown").GetBoolean()).GetProperty("status").GetString().ShouldBe("failed");
        json.RootElement.GetProperty("unknown").GetInt32().ShouldBe(1);
        Suite(report).Descendants("failure").ShouldHaveSingleItem().Attribute("message")!.Value.ShouldBe("k8s-n1: unknown: it has no grep");
        FindingsMarkdown.Write(report).ShouldContain("| ❌ | `memory` | k8s-n1: unknown: it has no grep |");
        FindingsMarkdown.Write(report).ShouldContain("; 1 could not be judged");
    }

    [Fact]
    public void I_see_a_warning_as_a_failure_where_I_am_strict()
    {
        var relaxed = Suite(cluster.Report());
        var strict = Suite(cluster.Report() with { Strict = true });

        strict.Descendants("failure").Count().ShouldBe(relaxed.Descendants("failure").Count() + relaxed.Descendants("system-out").Count());
        relaxed.Descendants("system-out").ShouldNotBeEmpty();
    }

    [Fact]
    public void I_find_failures_first_in_the_Markdown_and_no_markup_of_a_node()
    {
        cluster.Default(SampleCluster.Defaults.Replace("override_system_hostname: true", "override_system_hostname: false", StringComparison.Ordinal));

        var markdown = FindingsMarkdown.Write(cluster.Report());

        markdown.ShouldStartWith("## Preflight: ValidateNodes\n\n❌ ");
        markdown.IndexOf("| ❌ | `memory`", StringComparison.Ordinal).ShouldBeLessThan(markdown.IndexOf("| ⚠️ | `time-sync`", StringComparison.Ordinal));
        markdown.ShouldContain("| k8s-n1 | 512 MB | 1024 MB |");
        markdown.ShouldContain("&lt;b&gt;\\[31m\\|x\\`&#64;y");
        markdown.ShouldNotContain("<b>");
    }

    [Fact]
    public void I_can_have_the_record_of_both_targets_in_one()
    {
        var both = cluster.Report().After(cluster.Report() with { Target = "ValidateInventory", Duration = TimeSpan.FromSeconds(1) });

        both.Target.ShouldBe("ValidateNodes");
        both.Findings.Count.ShouldBe(2 * cluster.Report().Findings.Count);
        both.Duration.ShouldBe(TimeSpan.FromSeconds(2.5));
    }

    public void Dispose() => cluster.Dispose();

    private static XElement Suite(PreflightReport report) =>
        XElement.Parse(Written.Text(file => ReportJUnit.Write(file, new RunReport { Directory = "/x", Cluster = "lab", Preflight = report }))).Element("testsuite")!;
}
