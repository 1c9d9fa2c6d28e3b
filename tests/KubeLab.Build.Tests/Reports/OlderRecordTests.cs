using KubeLab.Reports;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Reports;

/// <summary>Records of earlier versions of KubeLab, as those left them.</summary>
public class OlderRecordTests
{
    private static readonly string Samples = Path.Combine(Repository.Root, "tests", "KubeLab.Build.Tests", "Reports", "samples", "version-1");

    [Fact]
    public void I_can_read_what_version_1_of_the_preflight_found()
    {
        using var directory = Record();

        var report = RunReportReader.Read(directory.Path);

        report.Notes.ShouldBeEmpty();
        report.Preflight.ShouldNotBeNull();
        (report.Preflight.Failed, report.Preflight.Warnings, report.Preflight.Succeeded).ShouldBe((1, 1, false));
        var memory = report.Preflight.Findings.Single(finding => finding is { Check: "memory", Status: FindingStatus.Failed });
        memory.Observed.ShouldBe(Measure.Of(512, "MB"));
        memory.Required.ShouldBe(Measure.Of(1024, "MB"));
        memory.Source.ShouldBe(new FindingSource("roles/kubernetes/preinstall/defaults/main.yml", 3));
        report.Nodes.Single(node => node.Name == "k8s-n1").Memory.ShouldBe(new MemoryMeasure(512, 1024, "roles/kubernetes/preinstall/defaults/main.yml:3", IsEnough: false));
    }

    [Fact]
    public void I_can_read_what_version_1_of_the_smoke_test_found()
    {
        using var directory = Record();

        var smoke = RunReportReader.Read(directory.Path).Smoke.ShouldNotBeNull();

        smoke.Verdict.ShouldBe("The cluster does not work: 10 passed, 1 failed, 19 skipped.");
        var failed = smoke.Checks.Single(check => check.Failed);
        (failed.Id, failed.Tier, failed.Area).ShouldBe(("nodes-ready", 0, KubeLab.Smoke.SmokeArea.Nodes));
        var finding = failed.Findings.Single(finding => finding.Status == FindingStatus.Failed);
        (finding.Check, finding.Node, finding.Subject).ShouldBe(("nodes-ready", "k8s-n1", "node k8s-n1"));
        failed.Evidence.ShouldHaveSingleItem().Title.ShouldBe("kubectl describe node k8s-n1");
    }

    [Fact]
    public void I_can_have_an_older_record_rendered_again_listed_and_compared()
    {
        using var directory = Record();
        using var now = new SampleRecord(name: "2026-01-03T00-00-00Z").Succeeded();
        using var said = new StringWriter();

        var report = RecordRendering.Render(directory.Path, new KubeLab.Records.SecretMask());
        new RunList(Consoles.Into(said)).Show([report]);
        new ComparisonTable(Consoles.Into(said)).Show(RunComparison.Of(report with { Directory = "/runs/2026-01-01T00-00-00Z" }, now.Read()));

        File.ReadAllText(directory.File("report.html")).ShouldContain("Give k8s-n1 at least 1024 MB");
        said.ToString().ShouldContain("failed in InstallCluster");
        said.ToString().ShouldContain("✓ fixed: memory of k8s-n1");
        said.ToString().ShouldContain("✓ fixed: smoke test nodes-ready");
    }

    private static TemporaryDirectory Record()
    {
        var directory = new TemporaryDirectory();
        foreach (var file in Directory.EnumerateFiles(Samples))
            directory.Write(Path.GetFileName(file), File.ReadAllText(file));
        return directory;
    }
}
