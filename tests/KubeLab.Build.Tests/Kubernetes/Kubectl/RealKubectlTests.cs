using System.Net;
using KubeLab.Kubernetes;
using KubeLab.Smoke;
using KubeLab.Tests.Machines;
using KubeLab.Tests.Smoke;

namespace KubeLab.Tests.Kubernetes;

/// <summary>The smoke test with a real kubectl, against a stand-in for the API server.</summary>
public sealed class RealKubectlTests : IDisposable
{
    private static readonly SmokeOptions Reading = new() { Tier = 0, RestartWindow = TimeSpan.Zero };

    private StandInApiServer? server;

    private StandInApiServer Server => server ??= StandInApiServer.Healthy();

    [Fact]
    public async Task I_see_a_healthy_cluster_pass_and_nothing_but_reads_asked()
    {
        var report = await RunAsync(Reading);

        report.Checks.Where(result => result.Failed).Select(result => $"{result.Id}: {result.Message}").ShouldBeEmpty();
        report.ExitCode.ShouldBe(0);
        Server.Requests.ShouldAllBe(request => request.StartsWith("GET ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task I_am_told_which_part_of_an_API_server_is_not_ready()
    {
        Server.Answers("/readyz", "[+]ping ok\n[-]etcd failed: reason withheld\nhealthz check failed", HttpStatusCode.InternalServerError);

        var report = await RunAsync(Reading with { Checks = ["api-ready", "node-set"] });

        report.Checks.Where(result => result.Failed).Select(result => result.Id).ShouldBe(["api-ready"]);
        report.Checks.Single(result => result.Failed).Message.ShouldContain("etcd failed");
    }

    [Fact]
    public async Task I_may_look_with_few_rights_and_what_needs_more_is_skipped()
    {
        Server.Refuses("/api/v1/nodes", HttpStatusCode.Forbidden, "Forbidden", "nodes is forbidden: User viewer cannot list resource nodes at the cluster scope");

        var report = await RunAsync(Reading with { Checks = ["nodes-ready", "control-plane-pods"] });

        report.Checks.Single(result => result.Id == "nodes-ready").ShouldBeSkipped("lacks the right: Error from server (Forbidden): nodes is forbidden");
        report.Checks.Single(result => result.Id == "control-plane-pods").ShouldPass();
    }

    [Fact]
    public async Task I_am_told_that_the_user_is_not_known()
    {
        foreach (var path in new[] { "/version", "/readyz", "/livez", "/api/v1/nodes" })
            Server.Refuses(path, HttpStatusCode.Unauthorized, "Unauthorized", "Unauthorized");

        var report = await RunAsync(Reading with { Checks = ["api-ready", "kubeconfig", "node-set"] });

        report.Checks.Where(result => result.Failed).Select(result => result.Id).ShouldBe(["kubeconfig"]);
    }

    [Fact]
    public async Task I_am_told_once_that_no_server_is_there()
    {
        var kubectl = Server.Kubectl;
        Server.Stop();

        var report = await RunAsync(kubectl, Reading);

        report.Checks.Where(result => result.Failed).Select(result => result.Id).ShouldBe(["api-ready"]);
        report.Passed.ShouldBe(0);
    }

    [Fact]
    public async Task I_am_told_once_that_the_server_takes_requests_and_never_answers()
    {
        Server.FallsSilent();

        var report = await RunAsync(Reading with { Checks = ["api-ready", "nodes-ready"], ReadLimit = TimeSpan.FromSeconds(2) });

        report.Checks.Where(result => result.Failed).Select(result => result.Id).ShouldBe(["api-ready"]);
        report.Checks.Single(result => result.Failed).Message.ShouldMatch(@"no answer after \d");
    }

    public void Dispose() => server?.Dispose();

    private Task<SmokeReport> RunAsync(SmokeOptions options) => RunAsync(Server.Kubectl, options);

    private static Task<SmokeReport> RunAsync(IKubectl kubectl, SmokeOptions options) =>
        new SmokeRunner(kubectl, Consoles.Silent(), TimeProvider.System).RunAsync(options, SmokeExpectations.None);
}
