using KubeLab.Kubernetes;
using KubeLab.Smoke;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Smoke;

public class SmokeRunnerTests
{
    private static readonly SmokeOptions Reading = new() { Tier = 0, RestartWindow = TimeSpan.Zero };

    private static readonly SmokeExpectations Lab = new()
    {
        Version = "v1.20.2",
        Nodes = [new("k8s-m0", true, true, "10.86.0.10"), new("k8s-n0", false, false, "10.86.0.20"), new("k8s-n1", false, false, "10.86.0.21")],
    };

    [Fact]
    public async Task I_see_a_healthy_cluster_pass_and_only_reading_calls_made()
    {
        var kubectl = StandInKubectl.Healthy();

        var report = await RunAsync(kubectl, Reading);

        report.Checks.Where(result => result.Failed).Select(result => $"{result.Id}: {result.Message}").ShouldBeEmpty();
        report.ExitCode.ShouldBe(0);
        kubectl.Calls.ShouldAllBe(call => call.StartsWith("get --raw /", StringComparison.Ordinal) || call.StartsWith("config view", StringComparison.Ordinal));
        kubectl.Calls.Count(call => call == "get --raw /api/v1/nodes").ShouldBe(1);
    }

    [Theory]
    [InlineData("The connection to the server 192.0.2.10:6443 was refused - did you specify the right host or port?", "api-ready")]
    [InlineData("Unable to connect to the server: dial tcp 192.0.2.10:6443: i/o timeout", "api-ready")]
    [InlineData("error: You must be logged in to the server (Unauthorized)", "kubeconfig")]
    [InlineData("Unable to connect to the server: x509: certificate has expired or is not yet valid", "server-certificate")]
    public async Task I_am_told_once_why_the_API_is_silent(string said, string blamed)
    {
        var kubectl = StandInKubectl.Healthy().AnswersInstead("get --raw", StandInKubectl.Error(said));

        var report = await RunAsync(kubectl, Reading with { Tier = 1 });

        report.Checks.Where(result => result.Failed).Select(result => result.Id).ShouldBe([blamed]);
        report.Passed.ShouldBe(0);
        report.ExitCode.ShouldBe(2);
    }

    [Fact]
    public async Task I_am_told_that_one_check_alone_gets_no_answer()
    {
        var kubectl = StandInKubectl.Healthy().AnswersInstead("get --raw /api/v1/nodes", StandInKubectl.Error("Unable to connect to the server: EOF"));

        var report = await RunAsync(kubectl, Reading with { Checks = ["node-set"] });

        report.Checks.ShouldHaveSingleItem().ShouldBlame(null, "EOF");
    }

    [Fact]
    public async Task I_am_told_once_of_a_silence_that_several_checks_meet()
    {
        var kubectl = StandInKubectl.Healthy().AnswersInstead("get --raw /api/v1/nodes", StandInKubectl.Error("Unable to connect to the server: EOF"));

        var report = await RunAsync(kubectl, Reading with { Checks = ["node-set", "node-taints"] });

        report.Checks.Where(result => result.Failed).Select(result => result.Id).ShouldBe(["node-set"]);
        report.Checks.Single(result => result.Id == "node-taints").ShouldBeSkipped("see node-set");
    }

    [Fact]
    public async Task I_may_look_with_few_rights_and_what_needs_more_is_skipped()
    {
        var forbidden = StandInKubectl.Error("Error from server (Forbidden): it is forbidden: User \"viewer\" cannot list resource at the cluster scope");
        var kubectl = StandInKubectl.Healthy();
        foreach (var path in new[] { "/api/v1/nodes", "/apis/coordination.k8s.io", "/apis/certificates.k8s.io", "/api/v1/componentstatuses", "/api/v1/namespaces/kube-system/pods/https:" })
            kubectl.AnswersInstead($"get --raw {path}", forbidden);

        var report = await RunAsync(kubectl, Reading);

        report.Checks.Where(result => result.Failed).Select(result => $"{result.Id}: {result.Message}").ShouldBeEmpty();
        report.Checks.Single(result => result.Id == "nodes-ready").ShouldBeSkipped("lacks the right");
        report.Checks.Single(result => result.Id == "control-plane-pods").ShouldPass();
        report.ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task I_am_told_that_a_cluster_forbids_namespaces_and_what_was_begun_is_removed()
    {
        var kubectl = StandInKubectl.Healthy()
            .AnswersInstead("get --raw /api/v1/namespaces?labelSelector", StandInKubectl.Output("""{"items":[]}"""))
            .AnswersInstead("create", StandInKubectl.Error("Error from server (Forbidden): namespaces is forbidden: User \"viewer\" cannot create resource \"namespaces\""));

        var report = await RunAsync(kubectl, Reading with { Tier = 1 });

        report.ExitCode.ShouldBe(3);
        report.Verdict.ShouldContain("cannot create resource \"namespaces\"");
        kubectl.Calls.ShouldContain(call => call == $"delete --raw /api/v1/namespaces/{report.Namespace}");
    }

    [Fact]
    public async Task I_see_what_a_killed_test_left_behind_removed_and_a_running_one_left_alone()
    {
        var mine = SmokeOwner.Current(DateTimeOffset.UtcNow.AddMinutes(5));
        var dead = mine with { Process = "999999999 since 2020-01-01T00:00:00Z" };
        var elsewhere = dead with { Host = "another machine" };
        var late = elsewhere with { Expires = DateTimeOffset.UtcNow.AddMinutes(-1) };
        var list = $$"""{"items":[{{Namespace("mine", mine)}},{{Namespace("dead", dead)}},{{Namespace("elsewhere", elsewhere)}},{{Namespace("late", late)}}]}""";
        var kubectl = StandInKubectl.Healthy()
            .AnswersInstead("get --raw /api/v1/namespaces?labelSelector", StandInKubectl.Output(list))
            .AnswersInstead("create", StandInKubectl.Error("Error from server (Forbidden): no"));

        await RunAsync(kubectl, Reading with { Tier = 1 });

        kubectl.Calls.Where(call => call.StartsWith("delete --raw", StringComparison.Ordinal) && !call.Contains("kubelab-smoke-", StringComparison.Ordinal))
            .ShouldBe(["delete --raw /api/v1/namespaces/dead", "delete --raw /api/v1/namespaces/late"]);
    }

    [Fact]
    public async Task I_have_the_namespace_removed_when_I_interrupt_the_test()
    {
        using var interruption = new CancellationTokenSource();
        var kubectl = StandInKubectl.Healthy()
            .AnswersInstead("get --raw /api/v1/namespaces?labelSelector", StandInKubectl.Output("""{"items":[]}"""))
            .AnswersInstead("delete --raw", StandInKubectl.Output("{}"))
            .AnswersInstead("create", _ =>
            {
                interruption.Cancel();
                return StandInKubectl.Output("created");
            });

        await Should.ThrowAsync<OperationCanceledException>(() => RunAsync(kubectl, Reading with { Tier = 1 }, interruption.Token));

        kubectl.Calls.ShouldContain(call => call.StartsWith("delete --raw /api/v1/namespaces/kubelab-smoke-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task I_get_no_pods_made_where_no_scheduler_would_start_them()
    {
        var kubectl = StandInKubectl.Healthy()
            .AnswersInstead("get --raw /api/v1/namespaces/kube-system/pods", StandInKubectl.Output(Recorded.Text("system-pods-no-scheduler")))
            .AnswersInstead("get --raw /api/v1/namespaces/kube-system/pods/https:", StandInKubectl.Output("ok"));

        var report = await RunAsync(kubectl, Reading with { Tier = 1 });

        report.Checks.Where(result => result.Failed).Select(result => result.Id).ShouldBe(["control-plane-pods"]);
        kubectl.Calls.ShouldNotContain(call => call.StartsWith("create", StringComparison.Ordinal));
    }

    [Fact]
    public async Task I_may_wait_until_the_cluster_settles_and_see_what_for()
    {
        var asked = 0;
        var kubectl = StandInKubectl.Healthy().AnswersInstead("get --raw /api/v1/nodes", _ =>
            StandInKubectl.Output(Recorded.Text(Interlocked.Increment(ref asked) == 1 ? "nodes-kubelet-stopped" : "nodes")));
        using var said = new StringWriter();

        var report = await new SmokeRunner(kubectl, Consoles.Into(said), TimeProvider.System)
            .RunAsync(Reading with { Wait = TimeSpan.FromMinutes(1) }, Lab);

        report.ExitCode.ShouldBe(0);
        report.Rounds.ShouldBe(2);
        said.ToString().ShouldContain("waiting for nodes-ready: k8s-n1: is not Ready");
    }

    [Fact]
    public async Task I_may_ask_for_several_passes_in_a_row()
    {
        var report = await RunAsync(StandInKubectl.Healthy(), Reading with { Count = 2, Checks = ["node-set"] });

        report.Rounds.ShouldBe(2);
        report.ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task I_am_told_the_nearest_id_of_a_check_that_does_not_exist()
    {
        var error = await Should.ThrowAsync<UserError>(() => RunAsync(StandInKubectl.Healthy(), Reading with { SkipChecks = ["node-sett"] }));

        error.Message.ShouldContain("Did you mean node-set?");
    }

    [Fact]
    public async Task I_am_told_that_no_check_is_left()
    {
        var error = await Should.ThrowAsync<UserError>(() => RunAsync(StandInKubectl.Healthy(), Reading with { Checks = ["pod-network"] }));

        error.Message.ShouldContain("No check of the smoke test is left to run in tier 0");
    }

    [Fact]
    public async Task I_am_told_that_there_is_no_kubeconfig()
    {
        var kubectl = new StandInKubectl().Answers("config view", StandInKubectl.Error("error: stat /nowhere/admin.conf: no such file or directory"));

        var report = await RunAsync(kubectl, Reading);

        report.ExitCode.ShouldBe(3);
        report.Verdict.ShouldContain("The kubeconfig can't be read: error: stat /nowhere/admin.conf");
    }

    [Fact]
    public void I_find_every_check_with_an_id_of_its_own()
    {
        var ids = CheckCatalog.All<ISmokeCheck>().Select(check => check.Id).ToList();

        ids.ShouldBeUnique();
        ids.ShouldAllBe(id => id.All(character => char.IsAsciiLetterLower(character) || character == '-'));
        CheckCatalog.All<ISmokeCheck>().SelectMany(check => (check as IAgentCheck)?.ExplainedBy ?? []).ShouldAllBe(id => ids.Contains(id));
        CheckCatalog.All<ISmokeCheck>().OfType<IStagedCheck>().ShouldAllBe(check => check.Tier > 0);
    }

    [Fact]
    public void I_find_every_check_in_the_documentation()
    {
        var documented = File.ReadAllText(Path.Combine(Repository.Root, "docs", "smoke.md"));

        CheckCatalog.All<ISmokeCheck>().Where(check => !documented.Contains($"| {check.Tier} | `{check.Id}` | {check.Title} | {check.Needs} |", StringComparison.Ordinal))
            .Select(check => check.Id).ShouldBeEmpty();
    }

    private static Task<SmokeReport> RunAsync(StandInKubectl kubectl, SmokeOptions options, CancellationToken cancellationToken = default) =>
        new SmokeRunner(kubectl, Consoles.Silent(), TimeProvider.System).RunAsync(options, Lab, cancellationToken);

    private static string Namespace(string name, SmokeOwner owner)
    {
        var values = owner.Values();
        return $$$$"""{"metadata":{"name":"{{{{name}}}}","annotations":{"kubelab.dev/host":"{{{{values["host"]}}}}","kubelab.dev/process":"{{{{values["process"]}}}}","kubelab.dev/expires":"{{{{values["expires"]}}}}"}}}""";
    }
}
