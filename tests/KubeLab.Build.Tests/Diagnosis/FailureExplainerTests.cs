using System.Text;
using System.Text.Json;
using KubeLab.Ansible;
using KubeLab.Clusters;
using KubeLab.Diagnosis;
using KubeLab.Records;
using KubeLab.Ssh;
using KubeLab.Tests.Machines;
using Microsoft.Extensions.Time.Testing;

namespace KubeLab.Tests.Diagnosis;

/// <summary>What nodes are asked once a run has failed, and that it stays within bounds.</summary>
public class FailureExplainerTests : IDisposable
{
    private static readonly CompositeFormat Journal = CompositeFormat.Parse("== now 2026-11-29T23:10:00+0000\n== unit {0} failed\n2026-11-29T23:09:00+0000 {1} {0}[7]: {2}\n2026-11-29T23:09:01+0000 {1} systemd[1]: {0}.service: Main process exited, code=exited\n");

    private readonly TemporaryDirectory directory = new();
    private readonly FakeTimeProvider time = new(DateTimeOffset.Parse("2026-11-29T23:10:00Z", null));

    [Fact]
    public async Task I_am_told_what_the_unit_that_the_task_started_said_itself()
    {
        var asked = new List<string>();

        var explanations = await ExplainAsync(
            [Failed("k8s-n0", "Unable to start service etcd: Job for etcd.service failed because the control process exited with error code.")],
            (node, command, _) =>
            {
                asked.Add(command.StandardInput!);
                return Answer(string.Format(null, Journal, "etcd", node.Name, "{\"level\":\"fatal\",\"msg\":\"no space left on device\"}"));
            });

        explanations.Single().Title.ShouldContain("disk");
        explanations.Single().Certainty.ShouldBe(Certainty.Looked);
        explanations.Single().Evidence.ShouldContain("23:09:00 etcd: {\"level\":\"fatal\",\"msg\":\"no space left on device\"}");
        asked.Single().ShouldContain("etcd.service");
        // Since the run began, ten minutes ago, and a little before.
        asked.Single().ShouldContain("seconds=630");
        File.ReadAllText(Path.Combine(Directory.GetDirectories(directory.File("artifacts/runs"))[0], "k8s-n0.log")).ShouldContain("no space left");
    }

    [Fact]
    public async Task Nodes_that_failed_for_different_reasons_are_asked_side_by_side()
    {
        var both = new TaskCompletionSource();
        var waiting = 0;

        var explanations = await ExplainAsync(
            [Failed("k8s-n0", "Unable to start service kubelet: x"), Failed("k8s-n1", "Unable to start service docker: y")],
            async (node, _, _) =>
            {
                if (Interlocked.Increment(ref waiting) == 2)
                    both.SetResult();
                await both.Task;
                return await Answer(string.Format(null, Journal, node.Name == "k8s-n0" ? "kubelet" : "docker", node.Name, node.Name == "k8s-n0" ? "E1129 23:09:00.1 a.go:1] no space left on device" : "bind: address already in use"));
            });

        explanations.Select(each => string.Join(',', each.Nodes)).ShouldBe(["k8s-n0", "k8s-n1"]);
        explanations.ShouldAllBe(each => each.Certainty == Certainty.Looked);
    }

    [Fact]
    public async Task The_first_control_plane_node_is_asked_too_where_a_worker_finds_the_API_silent()
    {
        var explanations = await ExplainAsync(
            [Failed("k8s-n0", "error execution phase preflight: couldn't validate the identity of the API Server: Get \"https://192.0.2.10:6443/api/v1/namespaces/kube-public/configmaps/cluster-info?timeout=10s\": dial tcp 192.0.2.10:6443: connect: connection refused", "command", "kubeadm join --config kubeadm-client.conf")],
            (node, _, _) => Answer(node.Name == "k8s-m0"
                ? "== now 2026-11-29T23:10:00+0000\n== pod /var/log/pods/kube-system_etcd-k8s-m0_0f1e/etcd/4.log\n2026-11-29T23:09:00Z stderr F {\"level\":\"fatal\",\"msg\":\"no space left on device\"}\n"
                : "== now 2026-11-29T23:10:00+0000\n"));

        explanations.Single().Evidence.ShouldStartWith("From the logs of k8s-m0:\n23:09:00 kube-system_etcd-k8s-m0/etcd: ");
        explanations.Single().Nodes.ShouldBe(["k8s-n0"]);
    }

    [Fact]
    public async Task A_node_that_does_not_answer_is_named_and_the_failure_stays_what_it_is()
    {
        var explanations = await ExplainAsync([Failed("k8s-n0", "Unable to start service kubelet: x")], async (_, _, cancellation) =>
        {
            time.Advance(TimeSpan.FromSeconds(5));
            await Task.Delay(Timeout.Infinite, cancellation);
            return null!;
        });

        explanations.Single().Signature.ShouldNotBeNull();
        explanations.Single().Evidence.ShouldContain("The logs of k8s-n0: it did not answer within 5 s");
    }

    [Fact]
    public async Task However_many_nodes_failed_only_some_are_asked()
    {
        var asked = 0;

        var explanations = await ExplainAsync(
            [.. Enumerable.Range(0, 40).Select(i => Failed($"k8s-n{i}", $"Unable to start service kubelet: {i}"))],
            (_, _, _) =>
            {
                Interlocked.Increment(ref asked);
                return Answer("");
            });

        asked.ShouldBe(10);
        explanations.SelectMany(each => each.Nodes).Count().ShouldBe(40);
    }

    [Fact]
    public async Task A_shell_that_breaks_turns_the_failure_into_no_other()
    {
        var explanations = await ExplainAsync(
            [Failed("k8s-n0", "Unable to start service kubelet: x")], (_, _, _) => throw new UserError("The file with the password for sudo can't be read", "Name a readable one."));

        explanations.Single().Signature.ShouldNotBeNull();
        explanations.Single().Evidence.ShouldContain("The file with the password for sudo can't be read");
    }

    [Theory]
    [InlineData("upgrade-cluster.yml", "kubectl uncordon k8s-n0. Do that before going on, too: the playbook neither drains nor uncordons a node that it finds cordoned.")]
    [InlineData("playbooks/remove_node.yml", "kubectl uncordon k8s-n0, unless it is to leave the cluster.")]
    public async Task I_am_told_which_node_a_failed_run_left_cordoned_and_how_to_go_on(string playbook, string says)
    {
        var explanations = await ExplainAsync(
            [Done("k8s-n1", "Cordon node"), Done("k8s-n1", "Uncordon node"), Done("k8s-n0", "Cordon node"), Failed("k8s-n0", "No space left on device")],
            (_, _, _) => Answer(""), playbook);

        explanations.Single().Remedy.Split('\n')[^1].ShouldBe($"Since this run k8s-n0 is cordoned: no new pod is scheduled there. On k8s-m0, as root: {says}");
    }

    [Fact]
    public async Task What_takes_too_long_to_read_is_said_and_stays_the_failure_that_it_is()
    {
        var quick = new FailureSignature { Id = "quick", Title = "Quick", Text = [new("it broke")], Meaning = "m", Remedy = "r" };
        var slow = new FailureSignature { Id = "slow", Title = "Slow", Text = [new("^(a|aa)+$")], Meaning = "m", Remedy = "r" };
        var failure = new Failure { Nodes = ["k8s-n0"], Status = "failed", Text = $"it broke\n{new string('a', 60)}!" };
        using var ended = new CancellationTokenSource();
        await ended.CancelAsync();

        var both = new SignatureMatcher(SignatureCatalog.Of([quick, slow]), "/", "go").Explain(failure);
        var neither = new SignatureMatcher(SignatureCatalog.Load(), "/", "go").Explain(failure, ended.Token);

        both.Signature.ShouldBe("quick");
        both.Certainty.ShouldBe(Certainty.Likely);
        both.Evidence.ShouldEndWith("(It took too long to tell whether it is one of these: slow.)");
        neither.Signature.ShouldBeNull();
        neither.Evidence.ShouldContain("It took too long to try all failures that are known: ");
    }

    [Fact]
    public async Task A_message_of_50_MB_is_explained_by_its_beginning_and_its_end()
    {
        var explanations = await ExplainAsync(
            [Failed("k8s-n0", $"{string.Concat(Enumerable.Repeat("unpacked a file\n", 3_200_000))}tar: x: Cannot write: No space left on device", "unarchive")],
            (_, _, _) => Answer(""));

        explanations.Single().Signature.ShouldBe("disk-full");
        explanations.Single().Evidence.Length.ShouldBeLessThan(100_000);
    }

    [Fact]
    public async Task I_am_told_that_a_nodes_journald_is_off_beside_what_is_known_without_it()
    {
        var explanations = await ExplainAsync(
            [Failed("k8s-n0", "Unable to start service etcd: Job for etcd.service failed because the control process exited with error code.")],
            (_, _, _) => Answer("== now 2026-11-29T23:10:00+0000\n== no journal\n"));

        explanations.Single().Signature.ShouldBe("service-failed");
        explanations.Single().Evidence.ShouldContain("(The logs of k8s-n0: journald keeps nothing there.)");
    }

    public void Dispose() => directory.Dispose();

    private static string Done(string host, string task) =>
        JsonSerializer.Serialize(new { @event = "result", time = 1795993700.0, host, task = $"upgrade/pre-upgrade : {task}", status = "changed" });

    private static Task<NodeResult> Answer(string output) => Task.FromResult(new NodeResult(0, output, "", TimeSpan.Zero, null));

    private static string Failed(string host, string message, string action = "service", string? cmd = null) => JsonSerializer.Serialize(new
    {
        @event = "result",
        time = 1795993800.0,
        host,
        task = "etcd : Start it",
        path = "/home/you/kubespray/roles/etcd/tasks/main.yml:1",
        role = "etcd",
        action,
        status = "failed",
        failure = new { msg = message, cmd },
    });

    private async Task<IReadOnlyList<Explanation>> ExplainAsync(
        IReadOnlyList<string> failures, Func<Node, NodeCommand, CancellationToken, Task<NodeResult>> shell, string playbook = "cluster.yml")
    {
        var began = time.GetUtcNow().AddMinutes(-10).ToUnixTimeSeconds();
        List<PlaybookEvent> events = [.. failures.Prepend($"{{\"event\": \"playbook_start\", \"time\": {began}}}").Select(PlaybookEvent.Parse).OfType<PlaybookEvent>()];
        IReadOnlyList<Node> nodes = [.. events.Select(each => each.Host).OfType<string>().Distinct().Select(host => Nodes.On(host, "192.0.2.1", 22))];
        IReadOnlyList<string> first = ["k8s-m0"];
        var inventory = new Inventory(
            "inventory.ini", [.. nodes, Nodes.Node("k8s-m0", ["kube_control_plane"])], [],
            new Dictionary<string, IReadOnlyList<string>> { ["kube_control_plane"] = first }, new Dictionary<string, IReadOnlyList<string>>());
        var cluster = new Cluster("mycluster", directory.Path, directory.File("inventory.ini"), new ClusterSettings(), directory.File("artifacts"));
        var record = new RunRecord(cluster, time.GetUtcNow());
        var explainer = new FailureExplainer(
            new SignatureMatcher(SignatureCatalog.Load(), "/home/you/kubespray", "./build.sh Deploy --resume"),
            new NodeLogs(new Shell(shell), new NodeBecome(new BecomeSettings()), time), Consoles.Silent(), record, time: time);

        await explainer.ExplainAsync(new PlaybookFailure(playbook, 2, events, [], ["it failed"], inventory));

        return Explanation.ReadFrom(record.Directory);
    }

    private sealed class Shell(Func<Node, NodeCommand, CancellationToken, Task<NodeResult>> run) : INodeShell
    {
        public Task<NodeResult> RunAsync(Node node, NodeCommand command, CancellationToken cancellationToken = default) =>
            run(node, command, cancellationToken);
    }
}
