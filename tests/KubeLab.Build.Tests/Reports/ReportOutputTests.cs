using System.Text;
using KubeLab.Records;
using KubeLab.Reports;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Reports;

/// <summary>What other programs read: JUnit, GitHub's summary and its annotations.</summary>
public class ReportOutputTests
{
    private const string Nasty = "<b>|`x`@you|</b> \u001b[31m\n::error::no\r\n##[error]no %0A";

    [Fact]
    public async Task I_can_have_the_JUnit_file_read_by_a_parser_of_others()
    {
        // The distribution's own, for which its package is installed.
        const string Python = "/usr/bin/python3";
        Assert.SkipUnless(File.Exists(Python), $"{Python} is not installed here");
        const string Script = """
            import sys, junitparser
            document = junitparser.JUnitXml.fromfile(sys.argv[1])
            for suite in document:
                cases = list(suite)
                failed = [case for case in cases if any(isinstance(each, junitparser.Failure) for each in case.result)]
                skipped = [case for case in cases if any(isinstance(each, junitparser.Skipped) for each in case.result)]
                print(suite.name, len(cases), suite.tests, len(failed), suite.failures, len(skipped), suite.skipped)
                for case in failed:
                    print(case.classname, "|", case.name, "|", case.result[0].text.replace("\n", " "))
            """;
        using var record = new SampleRecord().Failed().Smoke("failed", $"{Nasty}\0\ud800", $"evidence {Nasty}");
        record.Render();

        var result = await new CommandRunner().RunAsync(CommandLine.Of(Python, "-c", Script, record.File("junit.xml")));

        Assert.SkipWhen(result.StandardError.Contains("No module named 'junitparser'", StringComparison.Ordinal), "python3-junitparser is not installed here");
        result.ExitCode.ShouldBe(0, result.StandardError);
        result.StandardOutput.ShouldContain("Targets 3 3 1 1 1 1");
        result.StandardOutput.ShouldContain("ValidateNodes 9 9 0 0 3 3");
        result.StandardOutput.ShouldContain("SmokeTest 2 2 1 1 1 1");
        result.StandardOutput.ShouldContain("Targets.lab | InstallCluster | The kubelet does not start");
        result.StandardOutput.ShouldContain("evidence <b>|`x`@you|</b>");
    }

    [Fact]
    public void I_find_the_failure_first_in_the_summary_and_it_stays_under_1_MiB()
    {
        using var record = new SampleRecord(nodes: 100).Failed().Smoke("failed", Nasty, string.Concat(Enumerable.Repeat("```\n<details>é", 90_000)));
        var report = record.Read();
        var many = Enumerable.Repeat(report.Explanations[0] with { Evidence = new string('é', 7900) }, 400).ToList();

        var text = ReportMarkdown.Write(report);
        var huge = ReportMarkdown.Write(report with { Explanations = many });

        text.ShouldStartWith("# ❌ Deploy failed in InstallCluster: k8s-n99: the kubelet does not start.");
        text.IndexOf("## Smoke test", StringComparison.Ordinal).ShouldBeLessThan(text.IndexOf("## Preflight", StringComparison.Ordinal));
        text.ShouldNotContain("<b>");
        text.ShouldNotContain("\u001b");
        Encoding.UTF8.GetByteCount(huge).ShouldBeInRange(ReportMarkdown.LimitBytes - 20_000, ReportMarkdown.LimitBytes - 1);
        huge.ShouldEndWith("a summary takes 1 MiB._\n");
    }

    [Fact]
    public void I_see_annotations_at_file_and_line_and_a_summary_on_GitHub_and_nothing_elsewhere()
    {
        using var record = new SampleRecord().Failed();
        using var log = new StringWriter();
        var page = record.File("page.md");

        new StepSummary(Repository.Root, log).Show(record.Read(), name => name switch { "GITHUB_ACTIONS" => "true", "GITHUB_STEP_SUMMARY" => page, _ => null });
        new StepSummary(Repository.Root, log).Show(record.Read(), _ => null);

        var lines = log.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines[0].ShouldBe("::error title=The kubelet does not start::k8s-n2: Swap is on, and this kubelet refuses to run with swap.%0ASwitch swap off on k8s-n2: swapoff -a.");
        lines[1].ShouldBe("::warning file=inventory/lab/group_vars/all.yml,line=2,title=k8s-n2%3A swap::Swap is on%0Aswapoff -a");
        lines.Length.ShouldBe(2);
        File.ReadAllText(page).ShouldBe(ReportMarkdown.Write(record.Read()));
    }

    [Fact]
    public void I_see_what_settings_say_of_themselves_at_their_line_and_no_command_of_a_machine()
    {
        using var record = new SampleRecord().Outcome(255, ("ValidateInventory", "failed", 1));
        var outcome = record.Read().Outcome!;
        record.Write("run.json", RecordJson.Write(outcome with { Failures = [new("ValidateInventory", $"inventory/lab/kubelab.yml:3:1: unknown key{Nasty}", null)] }));

        var command = new GitHubCommands(Repository.Root, Repository.Root).Of(record.Read()).ShouldHaveSingleItem();

        command.ShouldStartWith("::error file=inventory/lab/kubelab.yml,line=3,col=1,title=ValidateInventory failed::");
        command.ShouldNotContain("\n");
        command.ShouldContain("%0A::error::no%0A##[error]no %250A");
    }

    [Fact]
    public void I_see_no_command_of_a_task_at_the_beginning_of_a_line_of_the_log()
    {
        using var said = new StringWriter();
        var log = Consoles.Into(said);

        log.Info("::error::from a task");
        log.Info("ok: [k8s-n0] => ##[error]no \u001b[31mred\u0007");
        log.Info($"said:\n   ::add-mask::x\n{new string('y', 100_000)}");

        said.ToString().ShouldStartWith("\\::error::from a task\n");
        said.ToString().ShouldContain("=> #\\#[error]no red\n");
        said.ToString().ShouldContain("\n   \\::add-mask::x");
        said.ToString().Length.ShouldBeLessThan(30_000);
    }

    [Fact]
    public void I_am_told_which_runs_there_are_where_the_name_fits_none_or_several()
    {
        using var record = new SampleRecord();
        Directory.CreateDirectory($"{record.Directory}-2");
        var archive = new RunArchive(new("lab", "/x", "/x/inventory.ini", new(), Path.GetFullPath(Path.Combine(record.Directory, "..", ".."))));

        archive.Find(null).ShouldBe($"{record.Directory}-2");
        archive.Find("2026-01-02T03-04-05Z").ShouldBe(record.Directory);
        Should.Throw<UserError>(() => archive.Find("2026")).Message.ShouldStartWith("More than one run");
        Should.Throw<UserError>(() => archive.Find("1999")).Message.ShouldContain("2026-01-02T03-04-05Z-2, 2026-01-02T03-04-05Z.");
    }

    [Fact]
    public void I_can_list_runs_whatever_they_left()
    {
        using var good = new SampleRecord().Succeeded();
        using var nothing = new SampleRecord(name: "2026-01-03T00-00-00Z");
        using var said = new StringWriter();

        new RunList(Consoles.Into(said)).Show([nothing.Read(), good.Read()]);

        said.ToString().ShouldContain("unfinished");
        said.ToString().ShouldContain("1 min 27 s");
        said.ToString().ShouldContain("Kubernetes");
    }

    [Fact]
    public void I_can_list_the_runs_of_all_clusters_in_one_table()
    {
        using var good = new SampleRecord().Succeeded();
        var artifacts = Path.GetFullPath(Path.Combine(good.Directory, "..", "..", ".."));
        var name = Path.GetFileName(Path.GetFullPath(Path.Combine(good.Directory, "..", "..")));
        Directory.CreateDirectory(Path.Combine(artifacts, "another", "runs", "2026-01-03T00-00-00Z"));
        Directory.CreateDirectory(Path.Combine(artifacts, "tests"));
        using var said = new StringWriter();

        var all = RunArchive.All(artifacts);
        new RunList(Consoles.Into(said)).ShowAll(all.Select(each => (each.Artifacts, RunReportReader.Read(each.Directory))));

        all.Select(each => each.Artifacts).ShouldBe(["another", name]);
        said.ToString().ShouldContain("cluster");
        said.ToString().ShouldContain("another");
        RunArchive.All(Path.Combine(artifacts, "nowhere")).ShouldBeEmpty();
    }

    [Fact]
    public void I_see_annotations_in_my_own_repository_where_KubeLab_is_checked_out_beside_it()
    {
        using var record = new SampleRecord().Outcome(255, ("ValidateInventory", "failed", 1));
        var workspace = Directory.CreateTempSubdirectory("kubelab workspace ").FullName;
        var settings = Path.Combine(workspace, "inventory", "edge", "kubelab.yml");
        Directory.CreateDirectory(Path.GetDirectoryName(settings)!);
        File.WriteAllText(settings, "a: 1\n");
        record.Write("run.json", RecordJson.Write(
            record.Read().Outcome! with { Failures = [new("ValidateInventory", $"{settings}:3:1: unknown key", null)] }));
        using var log = new StringWriter();

        new StepSummary(Path.Combine(workspace, ".kubelab"), log).Show(
            record.Read(), name => name switch { "GITHUB_ACTIONS" => "true", "GITHUB_WORKSPACE" => workspace, _ => null });
        Directory.Delete(workspace, recursive: true);

        log.ToString().ShouldStartWith("::error file=inventory/edge/kubelab.yml,line=3,col=1,title=ValidateInventory failed::");
    }
}
