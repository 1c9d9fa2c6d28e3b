using KubeLab.Lifecycle;
using KubeLab.Records;
using KubeLab.Reports;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Reports;

public class RunReportTests
{
    [Fact]
    public void I_get_JSON_that_its_schema_describes()
    {
        foreach (var record in new[] { new SampleRecord().Failed(), new SampleRecord().Succeeded(), new SampleRecord().TooSmall(), new SampleRecord() })
        {
            SchemaCheck.Follow("report.schema.json", Written.Text(file => ReportJson.Write(file, record.Read())));
            record.Dispose();
        }
    }

    [Theory]
    [InlineData("There is no check memroy. Did you mean memory?", "Deploy failed in InstallCluster: There is no check memroy. Did you mean memory?")]
    [InlineData("Reading the inventory failed: exit code 1 of\n  ansible-inventory --list", "Deploy failed in InstallCluster: Reading the inventory failed: exit code 1.")]
    [InlineData("kubespray needs Ansible 2.18, and none is there:\n  - requirements.txt: no index\n  - /usr/bin: Ansible 2.14", "Deploy failed in InstallCluster: kubespray needs Ansible 2.18, and none is there.")]
    public void I_read_a_failure_as_a_whole_sentence(string message, string sentence)
    {
        using var record = new SampleRecord().Failed();
        var report = record.Read();
        report = report with { Explanations = [], Outcome = report.Outcome! with { Failures = [new TargetFailure("InstallCluster", message, null)] } };

        ReportSentence.Verdict(report).ShouldBe(sentence);
    }

    [Fact]
    public void I_read_how_it_ended_and_what_to_do_in_one_sentence_each()
    {
        using var failed = new SampleRecord().Failed();
        using var small = new SampleRecord().TooSmall();
        using var good = new SampleRecord().Succeeded();
        using var killed = new SampleRecord().Events(null);

        ReportSentence.Verdict(failed.Read()).ShouldBe("Deploy failed in InstallCluster: k8s-n2: the kubelet does not start.");
        ReportSentence.Verdict(small.Read()).ShouldBe("Deploy failed in ValidateNodes: k8s-n2 has 512 MB of memory, 1024 MB are required.");
        ReportSentence.NextStep(small.Read()).ShouldBe("Give k8s-n2 at least 1024 MB.");
        ReportSentence.NextCommand(small.Read()).ShouldBe("./build.sh Deploy --resume");
        ReportSentence.Verdict(good.Read()).ShouldBe("Deploy succeeded, and the cluster works: 1 passed, 0 failed, 1 skipped.");
        ReportSentence.Verdict(killed.Read()).ShouldStartWith("This run has left no end");
        killed.Read().Verdict.ShouldBe(RunVerdict.Unfinished);
    }

    [Fact]
    public void I_see_what_is_wrong_with_each_node_and_what_it_has()
    {
        using var record = new SampleRecord().TooSmall();

        var nodes = record.Read().Nodes;

        nodes.Select(node => node.Name).ShouldBe(["k8s-m0", "k8s-n1", "k8s-n2"]);
        nodes[0].Runs.ShouldContain("kube-apiserver");
        nodes[1].Runs.ShouldBe(["kubelet", "kube-proxy"]);
        nodes[2].Memory.ShouldBe(new MemoryMeasure(512, 1024, "roles/kubernetes/preinstall/defaults/main.yml:19", IsEnough: false));
        nodes[2].Problems.ShouldBe(["k8s-n2 has 512 MB of memory, 1024 MB are required"]);
        nodes[0].Problems.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("run.json", "{\"version\": 99}")]
    [InlineData("run.json", "null")]
    [InlineData("preflight.json", "[]")]
    [InlineData("preflight.json", "{\"version\": 1, \"findings\": 3}")]
    [InlineData("smoke.json", "{\"version\": 1, \"checks\": [{}]}")]
    [InlineData("smoke.json", "half of a fi")]
    public void I_am_told_what_of_a_record_cannot_be_read_and_see_the_rest(string file, string text)
    {
        using var record = new SampleRecord().Failed().Smoke("passed").Write(file, text);

        var report = record.Render();

        report.Notes.ShouldHaveSingleItem().ShouldStartWith($"{file} can't be read: ");
        report.Timeline.Tasks.Count.ShouldBe(40);
        File.ReadAllText(record.File("report.html")).ShouldContain("can&#39;t be read");
    }

    [Fact]
    public void I_can_read_a_run_that_was_killed_while_it_wrote_and_one_of_which_nothing_is_left()
    {
        using var record = new SampleRecord().Events(null);
        var events = File.ReadAllText(record.File("events.jsonl"));
        record.Write("events.jsonl", events[..(events.Length / 2)] + "\n{}\nnull\n{\"event\": \"result\", \"time\": 1e99}\n{\"event\": 3}\n");

        record.Render().Timeline.Results.Count.ShouldBeInRange(40, 80);
        File.Delete(record.File("events.jsonl"));
        record.Render().Timeline.IsEmpty.ShouldBeTrue();
        File.ReadAllText(record.File("report.html")).ShouldContain("This run has left no end");
    }

    [Fact]
    public void I_am_told_of_the_kubeconfig_with_a_command_that_there_is()
    {
        using var record = new SampleRecord().Succeeded().Smoke("passed");

        var report = record.Read();

        ReportSentence.NextCommand(report, hasKubectl: true).ShouldBe("kubectl --kubeconfig artifacts/lab/admin.conf get nodes");
        ReportSentence.NextCommand(report, hasKubectl: false).ShouldBeNull();
        ReportSentence.NextStep(report, hasKubectl: false)!.ShouldContain("artifacts/lab/admin.conf");
    }

    [Fact]
    public void I_am_told_first_what_a_replacement_leaves_to_my_hands()
    {
        using var record = new SampleRecord().Succeeded().Smoke("passed");
        var report = record.Read();
        var left = new Finding(NodeReplacement.InventoryCheck, "The inventory says what the cluster is", "k8s-m0", FindingStatus.Warning, "the inventory still has k8s-m0")
        { Remedy = "Put k8s-m3 where k8s-m0 stands." };

        var next = ReportSentence.NextStep(report with { Preflight = report.Preflight! with { Findings = [.. report.Preflight.Findings, left] } }, hasKubectl: true);

        next.ShouldBe("In the inventory: Put k8s-m3 where k8s-m0 stands.\nThe kubeconfig is ready to be used.");
    }

    [Fact]
    public void A_task_whose_role_runs_twice_has_each_time_its_own_although_Ansible_uses_one_id()
    {
        using var record = new SampleRecord().Succeeded();
        record.Write("events.jsonl", """
            {"event": "playbook_start", "time": 100.0, "playbook": "cluster.yml"}
            {"event": "play_start", "time": 100.0, "play": "Prepare"}
            {"event": "task_start", "time": 100.0, "task": "download : Fetch", "task_id": "a", "path": "a.yml:1"}
            {"event": "result", "time": 102.0, "host": "k8s-n1", "task": "download : Fetch", "task_id": "a", "status": "ok", "seconds": 2.0}
            {"event": "task_start", "time": 102.0, "task": "download : Wait", "task_id": "b", "path": "a.yml:9"}
            {"event": "result", "time": 402.0, "host": "k8s-n1", "task": "download : Wait", "task_id": "b", "status": "ok", "seconds": 300.0}
            {"event": "task_start", "time": 402.0, "task": "download : Fetch", "task_id": "a", "path": "a.yml:1"}
            {"event": "result", "time": 405.0, "host": "k8s-n1", "task": "download : Fetch", "task_id": "a", "status": "ok", "seconds": 3.0}
            """);

        var timeline = record.Read().Timeline;

        timeline.Tasks.Select(task => task.Seconds).ShouldBe([2, 300, 3], tolerance: 0.001);
        timeline.SlowestTasks(1).Single().Name.ShouldBe("download : Wait");
    }

    [Fact]
    public void I_see_a_busy_second_once_and_the_slowest_task_first()
    {
        using var record = new SampleRecord(tasks: 93).Succeeded();

        var timeline = record.Read().Timeline;

        timeline.Plays.Count.ShouldBe(3);
        timeline.SlowestTasks(3).Select(task => task.Name).ShouldBe(["Do the thing number 31", "Do the thing number 0", "Do the thing number 62"], ignoreOrder: true);
        timeline.BusySeconds()["k8s-n1"].ShouldBeLessThan(timeline.Seconds);
        timeline.Roles().Sum(role => role.Tasks).ShouldBe(93);
    }

    [Fact]
    public void I_get_what_a_machine_says_without_what_steers_a_terminal_and_never_too_much_of_it()
    {
        PlainText.Of("\u001b[31mred\u001b[0m\u001b]0;title\u0007 \u202eback\u0000\r\nnext").ShouldBe("red back\nnext");
        PlainText.Of(new string('x', 1_000_000)).Length.ShouldBeLessThan(PlainText.Limit + 100);
        PlainText.Of(new string('x', 1_000_000)).ShouldEndWith("(1000000 characters in all)");
        PlainText.Line("a\n\tb\n\nc").ShouldBe("a b c");
    }

    [Fact]
    public void I_cannot_write_HTML_with_what_a_machine_says()
    {
        const string Said = "</td><script>&\"'";

        Markup cell = $"<td title=\"{Said}\">{Said}</td>";
        Markup row = $"<tr>{cell}{3.25}</tr>";

        row.ToString().ShouldBe("<tr><td title=\"&lt;/td&gt;&lt;script&gt;&amp;&quot;&#39;\">&lt;/td&gt;&lt;script&gt;&amp;&quot;&#39;</td>3.25</tr>");
    }

    [Fact]
    public void I_see_what_got_slower_what_is_new_and_what_is_fixed()
    {
        using var small = new SampleRecord(name: "2026-01-01T00-00-00Z").TooSmall();
        using var failed = new SampleRecord(name: "2026-01-02T00-00-00Z").Failed();
        using var good = new SampleRecord(name: "2026-01-03T00-00-00Z").Succeeded();

        var first = RunComparison.Of(failed.Read(), small.Read());
        var second = RunComparison.Of(failed.Read(), good.Read());

        first.Earlier.Id.ShouldBe("2026-01-01T00-00-00Z");
        first.Fixed.ShouldHaveSingleItem().ShouldStartWith("memory of k8s-n2: ");
        first.New.ShouldHaveSingleItem().ShouldBe("the playbook on k8s-n2: The kubelet does not start");
        second.Fixed.ShouldHaveSingleItem().ShouldBe("the playbook on k8s-n2: The kubelet does not start");
        second.New.ShouldBeEmpty();
        using var said = new StringWriter();
        new ComparisonTable(Consoles.OnTerminal(said)).Show(second);
        said.ToString().ShouldContain("✓ fixed: the playbook on k8s-n2");
        said.ToString().Split('\n').ShouldAllBe(line => line.TrimEnd().Length <= 100);
    }

    [Fact]
    public void I_see_the_slower_task_by_how_much()
    {
        using var one = new SampleRecord(name: "2026-01-01T00-00-00Z").Succeeded();
        using var other = new SampleRecord(name: "2026-01-02T00-00-00Z").Succeeded();
        var slow = File.ReadAllText(other.File("events.jsonl")).Replace("\"seconds\": 3.05", "\"seconds\": 0.05", StringComparison.Ordinal);
        one.Write("events.jsonl", slow);

        var change = RunComparison.Of(one.Read(), other.Read()).Slower;

        change.ShouldAllBe(each => each.Difference > 0.5 && each.IsInBoth);
    }

    [Fact]
    public void I_read_a_table_that_fits_100_columns()
    {
        using var record = new SampleRecord().Failed();
        using var said = new StringWriter();

        new ReportTable(Consoles.Into(said)).Show(record.Read() with { Directory = "/x" });

        said.ToString().ShouldStartWith("✗ Deploy failed in InstallCluster");
        said.ToString().Split('\n').ShouldAllBe(line => line.TrimEnd().Length <= 100);
        said.ToString().ShouldContain("2048 MB of 1024");
    }
}
