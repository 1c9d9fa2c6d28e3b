using System.Text.Json;
using KubeLab.Ansible;
using KubeLab.Diagnosis;

namespace KubeLab.Tests.Diagnosis;

/// <summary>What failed in a run, from its events and from what Ansible said.</summary>
public class FailureReaderTests
{
    private static readonly SignatureMatcher Explainer = new(SignatureCatalog.Load(), "/home/you/kubespray", "./build.sh Deploy --resume");

    [Fact]
    public void I_read_where_a_task_ran_for_which_item_and_with_which_arguments()
    {
        var failure = Read(Failed("k8s-n0", "Fetch", """{"msg": "Request failed"}""", """
            , "delegated_to": "localhost", "item": "calico", "include_item": "etcd", "args": {"url": "https://192.0.2.7/x", "force": true}
            """)).Single();

        failure.DelegatedTo.ShouldBe("localhost");
        failure.Item.ShouldBe("calico");
        failure.IncludeItem.ShouldBe("etcd");
        failure.Arguments["url"].ShouldBe("https://192.0.2.7/x");
        failure.Arguments["force"].ShouldBe("true");
        failure.Time.ShouldBe(DateTimeOffset.FromUnixTimeSeconds(100));
    }

    [Fact]
    public void The_first_failure_of_a_node_is_the_cause_of_what_came_after_it()
    {
        var failures = Read(
            Failed("k8s-n0", "Install", """{"msg": "No space left on device"}"""), Failed("k8s-n0", "Clean up", """{"msg": "nothing to clean"}"""),
            Recap("k8s-n0", failures: 2, rescued: 0));

        failures.Single().Task.ShouldBe("Install");
    }

    [Fact]
    public void The_last_failure_of_a_node_ended_it_where_something_was_rescued()
    {
        var failures = Read(
            Failed("k8s-n0", "Drain", """{"msg": "timed out"}"""), Failed("k8s-n0", "Upgrade", """{"msg": "no"}"""),
            Recap("k8s-n0", failures: 1, rescued: 1));

        failures.Single().Task.ShouldBe("Upgrade");
    }

    [Fact]
    public void A_rescued_failure_is_none() =>
        FailureReader.Read(
            Events(Failed("k8s-n0", "Drain", """{"msg": "timed out"}"""), Recap("k8s-n0", failures: 0, rescued: 1)), [], 0).ShouldBeEmpty();

    [Fact]
    public void The_same_cause_on_many_nodes_is_explained_once_and_another_cause_apart_the_first_first()
    {
        var failures = Read(
            Failed("k8s-n0", "Fetch", """{"msg": "[Errno 28] No space left on device: '/a'"}"""),
            Failed("k8s-n1", "Fetch", """{"msg": "[Errno 28] No space left on device: '/b'"}"""),
            Failed("k8s-n2", "Fetch", """{"msg": "the flux capacitor is empty"}"""));

        var explanations = Explanation.Once(failures.Select(Explainer.Explain));

        explanations.Select(each => each.Signature).ShouldBe(["disk-full", null]);
        explanations[0].Nodes.ShouldBe(["k8s-n0", "k8s-n1"]);
    }

    [Theory]
    [InlineData("""[{"msg": "first"}, "second"]""", "second")]
    [InlineData("\"only a text\"", "only a text")]
    [InlineData("""{"msg": ["a list", "of lines"]}""", "of lines")]
    [InlineData("""{"msg": {"detail": "an object"}}""", "an object")]
    [InlineData("""{"msg": "", "module_stderr": "only here"}""", "only here")]
    [InlineData("""{"msg": "kein g\udcfcltiger Name"}""", "kein g\uFFFDltiger Name")]
    [InlineData("""{"msg": "ein \ud83d\ude00"}""", "ein \U0001F600")]
    [InlineData("""{"msg": null, "rc": 3}""", "")]
    public void Any_result_is_read(string result, string said) => Read(Failed("k8s-n0", "Do", result)).Single().Text.ShouldContain(said);

    [Fact]
    public void An_event_that_is_cut_off_hides_none_of_the_others() =>
        Read(Failed("k8s-n0", "Do", """{"msg": "no"}"""), """{"event": "result", "time": 101.0, "host": "k8s-n1", "fail""")
            .Single().Nodes.ShouldBe(["k8s-n0"]);

    [Fact]
    public void A_warning_of_a_group_that_is_missing_does_not_say_that_no_host_matched()
    {
        string[] output = ["[WARNING]: Could not match supplied host pattern, ignoring: bastion", "PLAY [bastion[0]] ***", "skipping: no hosts matched", "TASK [Gather facts] ***"];

        var failure = FailureReader.Read([], output, 139).Single();

        failure.CameToHosts.ShouldBe(true);
        Explainer.Explain(failure).Signature.ShouldBe("ansible-fault");
    }

    [Fact]
    public void An_empty_recap_says_that_no_host_matched()
    {
        var failure = FailureReader.Read([], ["PLAY [kube_node] ***", "skipping: no hosts matched", "PLAY RECAP ***"], 0).Single();

        failure.CameToHosts.ShouldBe(false);
        Explainer.Explain(failure).Signature.ShouldBe("no-hosts");
    }

    [Fact]
    public void A_message_of_any_size_is_looked_at_only_in_part()
    {
        var text = $"No space left on device\n{new string('x', 50_000_000)}\n{string.Concat(Enumerable.Repeat("\\\"", 1_000_000))}";

        var context = new FailureContext(new Failure { Nodes = ["k8s-n0"], Status = "failed", Text = text });

        context.Said.Length.ShouldBeLessThan(64 * 1024);
        context.Said.ShouldStartWith("No space left on device");
    }

    [Fact]
    public void An_event_that_is_cut_off_anywhere_is_no_other_failure_and_hides_none()
    {
        var known = Failed("k8s-n0", "Fetch", """{"msg": "No space left on device"}""");
        var cut = Failed("k8s-n1", "Install", """{"msg": "E: Unable to locate package \u00e9"}""");

        var read = Enumerable.Range(0, cut.Length).Select(length => Read(cut[..length], known, cut[..length] + known)).ToList();

        read.ShouldAllBe(failures => failures.Count == 1 && failures[0].Nodes.SequenceEqual(new[] { "k8s-n0" }));
        read.Select(failures => Explainer.Explain(failures[0]).Signature).Distinct().ShouldBe(["disk-full"]);
    }

    [Fact]
    public async Task I_am_told_what_it_is_where_Ansibles_output_is_not_UTF_8()
    {
        var output = new List<string>();
        var ansible = CommandLine.Of("printf", @"ERROR! Ger\344t \377\376\n[Errno 28] No space left on device: /tmp/\303\n");

        await new CommandRunner().RunAsync(ansible, output.Add, output.Add);
        var failure = FailureReader.Read([], output, 250).Single();

        failure.Text.ShouldContain("Ger\uFFFDt");
        Explainer.Explain(failure).Signature.ShouldBe("disk-full");
    }

    [Fact]
    public void A_line_of_50_MB_in_Ansibles_output_is_looked_at_only_in_part()
    {
        var failure = FailureReader.Read([], [new string('x', 50_000_000), "ERROR! A worker was found in a dead state"], 250).Single();

        var explanation = Explainer.Explain(failure with { Text = $"{failure.Text}\n{new string('y', 50_000_000)}" });

        explanation.Signature.ShouldBe("control-machine-memory");
        explanation.Evidence.Length.ShouldBeLessThan(20_000);
    }

    [Fact]
    public void JSON_within_JSON_within_a_text_is_read()
    {
        var within = JsonSerializer.Serialize(new { message = JsonSerializer.Serialize(new { error = "open \"/a\": No space left on device" }) });
        var text = $"the server said: {within}{string.Concat(Enumerable.Repeat(within, 100_000))}";

        Explainer.Explain(Read(Failed("k8s-n0", "Do", JsonSerializer.Serialize(new { msg = text }))).Single()).Signature.ShouldBe("disk-full");
    }

    private static string Failed(string host, string task, string result, string more = "") =>
        $$"""{"event": "result", "time": 100.0, "host": "{{host}}", "task": "{{task}}", "status": "failed", "failure": {{result}}{{more.Trim()}}}""";

    private static string Recap(string host, int failures, int rescued) =>
        $$"""{"event": "stats", "time": 200.0, "hosts": {"{{host}}": {"ok": 1, "failures": {{failures}}, "rescued": {{rescued}} } } }""";

    private static IReadOnlyList<Failure> Read(params string[] events) => FailureReader.Read(Events(events), [], 2);

    private static IReadOnlyList<PlaybookEvent> Events(params string[] lines) => [.. lines.Select(PlaybookEvent.Parse).OfType<PlaybookEvent>()];
}
