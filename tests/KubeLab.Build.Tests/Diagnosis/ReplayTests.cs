using System.Text;
using System.Text.Json;
using KubeLab.Diagnosis;

namespace KubeLab.Tests.Diagnosis;

/// <summary>Failures of every kind, played through the real Ansible, its callback and the reader, and not only handed to the reader.</summary>
public class ReplayTests(ReplayTests.CorpusRun corpus) : IClassFixture<ReplayTests.CorpusRun>
{
    private static readonly SignatureMatcher Explainer = new(SignatureCatalog.Load(), "/home/you/kubespray", "./build.sh Deploy --resume");

    public static TheoryData<string> Kinds => [.. CorpusRun.OneOfEachKind.Keys];

    [Theory, MemberData(nameof(Kinds))]
    public void I_am_told_the_same_of_a_failure_that_Ansible_reports(string kind)
    {
        var recorded = CorpusRun.OneOfEachKind[kind];

        var failure = corpus.Failures[kind];

        var read = recorded.Failures().Single();
        var expected = Explainer.Explain(read);
        var explanation = Explainer.Explain(failure);
        explanation.Signature.ShouldBe(expected.Signature, $"{recorded.Id}: {failure.Text}\n{failure.Details}");
        failure.Status.ShouldBe(read.Status);
        failure.DelegatedTo.ShouldBe(recorded.DelegatedTo);
        failure.Role.ShouldBe(recorded.Role ?? "a-role");
    }

    [Fact]
    public async Task I_am_told_what_failed_whatever_a_module_prints()
    {
        using var run = new ReplayedRun();
        var latin = run.Add("etcd", "In Latin 1", "command", Encoding.Latin1.GetBytes("""{"failed": true, "msg": "Gerät ist voll: No space left on device"}"""));
        var french = run.Add("etcd", "In French", "command", Result("Aucun espace disponible sur le périphérique"));
        var workflow = run.Add("etcd", "A command of a CI service", "command", Result("first\n::error::do this\n::set-output name=x::y"));
        var terminal = run.Add("etcd", "A terminal's sequences", "command", Result("\u001b[31mNo space left on device\u001b[0m\u001b]0;title\u0007"));
        var secret = run.Add("etcd", "A secret", "command", Result("cannot load https://user:p@ss-w0rd@mirror.example/file: 404"));
        var silent = run.Add("etcd", "An empty message", "command", Result(""));
        var list = run.Add("etcd", "A list", "command", Encoding.UTF8.GetBytes("""["No space left on device", {"failed": true}]"""));
        var lists = run.Add("etcd", "A list as a message", "command", Encoding.UTF8.GetBytes("""{"failed": true, "msg": ["one", {"two": 2}], "rc": 7}"""));
        var stderr = run.Add("etcd", "On standard error only", "command", [], Encoding.UTF8.GetBytes("Traceback\nOSError: [Errno 28] No space left on device\n"));
        var nothing = run.Add("etcd", "Nothing", "command", []);
        var huge = run.Add("etcd", "Huge", "command", Result(new string('x', 5_000_000) + "\nNo space left on device"));
        var nested = run.Add("etcd", "JSON within JSON", "command", Result("{\"error\": \"{\\\"message\\\": \\\"No space left on device\\\"}\"}"));
        var withheld = run.Add("etcd", "Withheld", "get_url", Result("s3cret-message"), arguments: new Dictionary<string, object?> { ["url"] = "https://s3cret-address.example/" }, noLog: true);
        var done = run.Add("etcd", "With arguments", "get_url", Result("no"), arguments: new Dictionary<string, object?>
        {
            ["url"] = "https://user:p@ss-w0rd@mirror.example/file",
            ["dest"] = "/tmp/file",
            ["url_password"] = "p@ss-w0rd",
            ["headers"] = "p@ss-w0rd",
        });

        var failures = await run.RunAsync();

        failures.Count.ShouldBe(14);
        // From ansible-core 2.19 on, Ansible keeps what is no UTF-8 to itself.
        Explainer.Explain(failures[latin]).Signature.ShouldBeOneOf("disk-full", "module-answer-encoding");
        failures[french].Text.ShouldContain("périphérique");
        failures[workflow].Text.ShouldContain("::error::do this");
        failures[secret].Text.ShouldContain("https://***@mirror.example/file");
        failures[list].Text.ShouldContain("No space left on device");
        failures[lists].Text.ShouldContain("two");
        failures[stderr].Text.ShouldContain("No space left on device");
        failures[huge].Text.Length.ShouldBeLessThan(20_000);
        failures[done].Arguments["url"].ShouldBe("https://***@mirror.example/file");
        failures[done].Arguments.Keys.Order(StringComparer.Ordinal).ShouldBe(["dest", "url"]);
        failures[withheld].IsCensored.ShouldBeTrue();
        foreach (var host in new[] { latin, terminal, stderr, huge, nested })
            Explainer.Explain(failures[host]).Signature.ShouldBe("disk-full", failures[host].Text);
        foreach (var host in new[] { silent, nothing, workflow, lists })
            Explainer.Explain(failures[host]).Title.ShouldNotBeEmpty();
        var written = await File.ReadAllTextAsync(run.EventsFile, TestContext.Current.CancellationToken);
        written.ShouldNotContain("s3cret");
        written.ShouldNotContain("ss-w0rd");
        written.ShouldNotContain("\u001b");
    }

    [Fact]
    public async Task An_item_of_a_loop_and_the_machine_that_it_was_delegated_to_are_told()
    {
        using var run = new ReplayedRun();
        var item = run.Add("etcd", "A loop", "file", Result("no"), item: new Dictionary<object, object?> { ["name"] = "one" });
        var delegated = run.Add("etcd", "Delegated", "file", Result("no"), delegatedTo: "localhost");
        var byItem = run.Add("etcd", "Delegated by a loop", "file", Result("no"), item: "localhost", delegatedTo: "{{ item }}");
        var itself = run.Add("etcd", "Delegated to itself", "file", Result("no"), delegatedTo: "{{ inventory_hostname }}");
        var withheld = run.Add("etcd", "A loop with secrets", "file", Result("no"), item: "s3cret-item", noLog: true);

        var failures = await run.RunAsync();

        failures[item].Item.ShouldBe("{'name': 'one'}");
        failures[delegated].DelegatedTo.ShouldBe("localhost");
        failures[byItem].DelegatedTo.ShouldBe("localhost");
        failures[itself].DelegatedTo.ShouldBeNull();
        failures[withheld].Item.ShouldBeNull();
        (await File.ReadAllTextAsync(run.EventsFile, TestContext.Current.CancellationToken)).ShouldNotContain("s3cret");
    }

    private static byte[] Result(string message) => JsonSerializer.SerializeToUtf8Bytes(new { failed = true, msg = message });

    /// <summary>One run for a failure of each kind.</summary>
    public sealed class CorpusRun : IAsyncLifetime
    {
        public static IReadOnlyDictionary<string, RecordedFailure> OneOfEachKind { get; } = FailureCorpusTests.All
            .Where(each => each.Output.Length == 0 && ReplayedRun.CanReplay(each.Action))
            .GroupBy(each => each.Expect).OrderBy(kind => kind.Key, StringComparer.Ordinal).ToDictionary(kind => kind.Key, kind => kind.First());

        public IReadOnlyDictionary<string, Failure> Failures { get; private set; } = new Dictionary<string, Failure>();

        public async ValueTask InitializeAsync()
        {
            using var run = new ReplayedRun();
            var hosts = OneOfEachKind.ToDictionary(kind => kind.Key, kind => Add(run, kind.Value));
            var failures = await run.RunAsync();
            Failures = hosts.ToDictionary(kind => kind.Key, kind => failures[kind.Value]);
        }

        public ValueTask DisposeAsync() => default;

        private static string Add(ReplayedRun run, RecordedFailure failure)
        {
            var result = new Dictionary<string, object?>(failure.Result, StringComparer.Ordinal) { ["failed"] = true };
            return run.Add(
                failure.Role ?? "a-role", failure.Task, failure.Action, JsonSerializer.SerializeToUtf8Bytes(result),
                unreachable: failure.Status == "unreachable" ? $"{failure.Result.GetValueOrDefault("msg")}" : null,
                arguments: failure.Args, item: failure.Item, delegatedTo: failure.DelegatedTo, byModule: false);
        }
    }
}
