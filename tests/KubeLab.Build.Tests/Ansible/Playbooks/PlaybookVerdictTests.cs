using KubeLab.Ansible;

namespace KubeLab.Tests.Ansible;

public class PlaybookVerdictTests
{
    // Written by the callback plugin under ansible-core 2.14.18 for Kubespray's memory assert on a 512 MB node.
    private const string Failed = """
        {"event": "result", "time": 1.0, "host": "k8s-n1", "task": "kubernetes/preinstall : Stop if memory is too small for nodes", "path": "/k/roles/kubernetes/preinstall/tasks/0040-verify-settings.yml:137", "status": "failed", "failure": {"msg": "Assertion failed", "assertion": "ansible_memtotal_mb >= minimal_node_memory_mb"}}
        """;

    [Fact]
    public void I_see_which_node_failed_where_and_why()
    {
        var problems = PlaybookVerdict.Judge(2, Events(Failed, Stats("k8s-m0", "ok", "k8s-n1", "failures")), ["k8s-m0", "k8s-n1"]);

        problems.Single().ShouldStartWith("k8s-n1: failed in \"kubernetes/preinstall : Stop if memory is too small for nodes\" (/k/roles");
        problems.Single().ShouldContain("ansible_memtotal_mb >= minimal_node_memory_mb");
    }

    [Fact]
    public void A_run_in_which_every_node_appears_and_none_fails_is_a_success() =>
        PlaybookVerdict.Judge(0, Events(Stats("k8s-m0", "ok", "k8s-n1", "ignored")), ["k8s-m0", "k8s-n1"]).ShouldBeEmpty();

    [Fact]
    public void Exit_code_0_is_no_success_when_a_node_is_missing() =>
        PlaybookVerdict.Judge(0, Events(Stats("k8s-m0", "ok")), ["k8s-m0", "k8s-n1"]).Single().ShouldBe("k8s-n1: the playbook never ran on it.");

    [Fact]
    public void Exit_code_0_is_no_success_when_no_host_matched() =>
        PlaybookVerdict.Judge(0, Events("""{"event": "stats", "hosts": {}}"""), []).Single().ShouldContain("matched no host");

    [Fact]
    public void Exit_code_0_is_no_success_when_a_node_was_unreachable() =>
        PlaybookVerdict.Judge(0, Events(Stats("k8s-m0", "unreachable")), ["k8s-m0"]).Single().ShouldStartWith("k8s-m0: unreachable");

    [Fact]
    public void A_run_without_a_recap_has_failed() =>
        PlaybookVerdict.Judge(0, Events(Failed, "{\"event\": \"sta"), ["k8s-n1"]).Single().ShouldContain("before its recap");

    [Fact]
    public void A_run_in_which_no_task_ran_has_failed() =>
        PlaybookVerdict.Judge(0, Events("""{"event": "stats", "hosts": {"k8s-m0": {"ok": 0}}}"""), ["k8s-m0"]).Single().ShouldContain("no task");

    [Fact]
    public void A_withheld_result_says_how_to_see_it()
    {
        const string censored = """{"event": "result", "host": "k8s-m0", "task": "join", "path": "a:1", "status": "failed", "censored": true}""";

        PlaybookVerdict.Judge(2, Events(censored, Stats("k8s-m0", "failures")), []).Single().ShouldContain("no_log");
    }

    private static IReadOnlyList<PlaybookEvent> Events(params string[] lines) => [.. lines.Select(PlaybookEvent.Parse).OfType<PlaybookEvent>()];

    private static string Stats(params string[] pairs) =>
        $"{{\"event\": \"stats\", \"hosts\": {{{string.Join(", ", pairs.Chunk(2).Select(pair => $"\"{pair[0]}\": {{\"{pair[1]}\": 1}}"))}}}}}";
}
