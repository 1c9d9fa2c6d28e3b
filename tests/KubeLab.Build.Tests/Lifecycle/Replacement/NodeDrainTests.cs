using KubeLab.Lifecycle;
using KubeLab.Tests.Smoke;

namespace KubeLab.Tests.Lifecycle.Replacement;

public class NodeDrainTests
{
    private const string Pods = """
        {"items":[
          {"metadata":{"name":"web-1","namespace":"shop","labels":{"app":"web"},"ownerReferences":[{"kind":"ReplicaSet"}]},"status":{"phase":"Running"}},
          {"metadata":{"name":"alone","namespace":"shop","labels":{"app":"alone"}},"status":{"phase":"Running"}},
          {"metadata":{"name":"agent","namespace":"shop","labels":{"app":"web"},"ownerReferences":[{"kind":"DaemonSet"}]},"status":{"phase":"Running"}},
          {"metadata":{"name":"kube-proxy","namespace":"shop","labels":{"app":"web"},"ownerReferences":[{"kind":"Node"}]},"status":{"phase":"Running"}},
          {"metadata":{"name":"ended","namespace":"shop","labels":{"app":"web"}},"status":{"phase":"Succeeded"}}]}
        """;

    [Fact]
    public async Task I_am_told_which_budget_blocks_and_whose_pods_before_anything_is_changed()
    {
        var error = await Should.ThrowAsync<UserError>(() => JudgeAsync(Cluster(Budget(allowed: 0, healthy: 2, expected: 2))));

        error.Problem.ShouldBe("k8s-n0 can't be drained:\n  the PodDisruptionBudget shop/web lets none of web-1 go: 2 of 2 pods are well, and 2 have to be");
        error.Remedy!.ShouldEndWith("Nothing was changed.");
    }

    [Theory]
    [InlineData(0, 1, 2)] // One is being started: it may be well in a moment.
    [InlineData(1, 3, 3)]
    [InlineData(0, 0, 0)]
    public async Task Budgets_that_let_one_go_or_may_soon_do_not_block(int allowed, int healthy, int expected) =>
        (await JudgeAsync(Cluster(Budget(allowed, healthy, expected)))).ShouldBe(["shop/alone"]);

    [Theory]
    [InlineData("""{"matchLabels":{"app":"other"}}""", false)]
    [InlineData("""{"matchExpressions":[{"key":"app","operator":"In","values":["web","api"]}]}""", true)]
    [InlineData("""{"matchExpressions":[{"key":"app","operator":"NotIn","values":["web","alone"]}]}""", false)]
    [InlineData("""{"matchExpressions":[{"key":"tier","operator":"DoesNotExist"}]}""", true)]
    [InlineData("""{"matchExpressions":[{"key":"tier","operator":"Exists"}]}""", false)]
    [InlineData("""{"matchExpressions":[{"key":"app","operator":"Later"}]}""", true)]
    public async Task Budgets_choose_pods_as_selectors_do(string selector, bool blocks)
    {
        var judged = JudgeAsync(Cluster(Budget(0, 2, 2, selector)));

        if (blocks)
            await Should.ThrowAsync<UserError>(() => judged);
        else
            await judged;
    }

    [Fact]
    public async Task A_drain_that_ends_too_late_names_what_holds_it_and_the_way_back()
    {
        var kubectl = Cluster(Budget(allowed: 0, healthy: 1, expected: 2)).Answers("drain k8s-n0", StandInKubectl.Error("error: unable to drain node \"k8s-n0\" due to error:[error when evicting pods/\"web-1\" -n \"shop\": global timeout reached: 1s]"));

        var error = await Should.ThrowAsync<UserError>(() => RunAsync(kubectl));

        error.Problem.ShouldBe("Not all pods have left k8s-n0:\n  the PodDisruptionBudget shop/web lets none of web-1 go: 1 of 2 pods are well, and 2 have to be");
        error.Remedy!.ShouldContain("kubectl uncordon k8s-n0");
        kubectl.Calls.ShouldContain("drain k8s-n0 --ignore-daemonsets --delete-emptydir-data --force --timeout=1s");
    }

    [Fact]
    public async Task Pods_that_stay_without_a_budget_are_named()
    {
        var kubectl = Cluster("""{"items":[]}""").Answers("drain", StandInKubectl.Error("error: timed out"));

        (await Should.ThrowAsync<UserError>(() => RunAsync(kubectl)))
            .Problem.ShouldBe("Not all pods have left k8s-n0:\n  shop/web-1 is still there\n  shop/alone is still there");
    }

    [Fact]
    public async Task A_node_that_has_left_already_needs_no_drain() => (await RunAsync(
        new StandInKubectl().Answers("drain", StandInKubectl.Error("Error from server (NotFound): nodes \"k8s-n0\" not found")))).ShouldBe("k8s-n0 is no node of the cluster any more");

    [Theory]
    [InlineData("{")]
    [InlineData("")]
    [InlineData("nonsense")]
    public async Task What_can_not_be_told_is_no_way_free(string answer)
    {
        var kubectl = new StandInKubectl().Answers("get pods", StandInKubectl.Output(Pods)).Answers("get poddisruptionbudgets", StandInKubectl.Output(answer));

        (await Should.ThrowAsync<UserError>(() => JudgeAsync(kubectl))).Problem.ShouldStartWith("What a drain of k8s-n0 meets can't be told");
    }

    [Fact]
    public async Task A_silent_API_is_said()
    {
        var kubectl = new StandInKubectl().Answers("get pods", StandInKubectl.Error("The connection to the server 192.0.2.10:6443 was refused"));

        (await Should.ThrowAsync<UserError>(() => JudgeAsync(kubectl))).Remedy!.ShouldContain("--node-is-gone");
    }

    private static Task<IReadOnlyList<string>> JudgeAsync(StandInKubectl kubectl) => new NodeDrain(kubectl, TimeSpan.Zero).JudgeAsync("k8s-n0");

    private static Task<string> RunAsync(StandInKubectl kubectl) => new NodeDrain(kubectl, TimeSpan.FromSeconds(1)).RunAsync("k8s-n0");

    private static StandInKubectl Cluster(string budgets) => new StandInKubectl()
        .Answers("get pods --all-namespaces --field-selector=spec.nodeName=k8s-n0", StandInKubectl.Output(Pods))
        .Answers("get poddisruptionbudgets", StandInKubectl.Output(budgets));

    private static string Budget(int allowed, int healthy, int expected, string selector = """{"matchLabels":{"app":"web"}}""") =>
        $$"""{"items":[{"metadata":{"name":"web","namespace":"shop"},"spec":{"selector":{{selector}} },"status":{"disruptionsAllowed":{{allowed}},"currentHealthy":{{healthy}},"desiredHealthy":2,"expectedPods":{{expected}} } } ]}""";
}
