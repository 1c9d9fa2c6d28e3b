using System.Text.Json;
using KubeLab.Clusters;
using KubeLab.Kubernetes;
using KubeLab.Lifecycle;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Lifecycle.Replacement;

public class EtcdQuorumTests
{
    [Fact]
    public async Task Two_of_three_carry_on_and_each_keeps_the_name_that_it_has()
    {
        var (names, said) = await JudgeAsync(Members(3), well: [1, 2, 3]);

        said.ShouldBe("etcd keeps its quorum: without k8s-m0 2 of 3 members work, and 2 have to");
        names.ShouldBe(new Dictionary<string, string> { ["k8s-m0"] = "etcd1", ["k8s-m1"] = "etcd2", ["k8s-m2"] = "etcd3" });
    }

    [Fact]
    public async Task Names_by_an_order_that_was_once_another_are_etcds_own() =>
        (await JudgeAsync(Members(3).Replace("etcd2", "etcd4", StringComparison.Ordinal), well: [1, 2, 3])).Names["k8s-m1"].ShouldBe("etcd4");

    [Fact]
    public async Task The_one_that_leaves_may_be_silent() => (await JudgeAsync(Members(3), well: [2, 3])).Said.ShouldContain("keeps its quorum");

    [Fact]
    public async Task I_am_refused_where_another_member_does_not_answer()
    {
        var error = await Should.ThrowAsync<UserError>(() => JudgeAsync(Members(3), well: [1, 2]));

        error.Problem.ShouldBe("etcd would lose its quorum: of 3 members 2 have to work while k8s-m0 is replaced, and without it 1 do. Silent: k8s-m2.");
        error.Remedy.ShouldBe("Mend those that are silent, then the same again. Nothing was changed.");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task I_am_refused_where_too_few_are_left(int members) =>
        (await Should.ThrowAsync<UserError>(() => JudgeAsync(Members(members), [1, 2], members))).Remedy!.ShouldStartWith("Add members at the end of the group etcd");

    [Fact]
    public async Task Of_five_one_may_be_silent_and_is_named() =>
        (await JudgeAsync(Members(5), [1, 2, 3, 4], 5)).Said.ShouldBe("etcd keeps its quorum: without k8s-m0 3 of 5 members work, and 3 have to; silent: k8s-m4");

    // As after a run that was killed once it had left.
    [Fact]
    public async Task A_replacement_goes_on_once_the_member_is_gone()
    {
        var gone = Members(3).Replace("""{"ID":1,"name":"etcd1","clientURLs":["https://192.0.2.10:2379"]},""", "", StringComparison.Ordinal);

        (await JudgeAsync(gone, well: [2, 3])).Said.ShouldContain("without k8s-m0 2 of 3 members work");
    }

    // It counts for the quorum, and will never answer.
    [Fact]
    public async Task A_member_that_never_started_counts()
    {
        var more = Members(3).Replace("[{\"ID\":1", "[{\"ID\":255},{\"ID\":1", StringComparison.Ordinal);

        var error = await Should.ThrowAsync<UserError>(() => JudgeAsync(more, well: [1, 2, 3]));

        error.Problem.ShouldContain("of 4 members 3 have to work");
        error.Problem.ShouldContain("Silent: a member that never started (ff).");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{\"members\": 7}")]
    [InlineData("{\"members\": []}")]
    public async Task What_can_not_be_told_is_no_quorum(string list) =>
        (await Should.ThrowAsync<UserError>(() => JudgeAsync(list, well: [1, 2, 3]))).Problem.ShouldStartWith("Who is a member of etcd can't be told");

    [Fact]
    public async Task A_member_without_a_leader_does_not_work() =>
        await Should.ThrowAsync<UserError>(() => JudgeAsync(Members(3), well: [1, 2, 3], leader: 0));

    private static Task<(IReadOnlyDictionary<string, string> Names, string Said)> JudgeAsync(string list, ulong[] well, int size = 3, ulong leader = 2)
    {
        var nodes = Enumerable.Range(0, size).Select(number => Nodes.Node($"k8s-m{number}", ["kube_control_plane", "etcd"], ("ansible_host", $"192.0.2.1{number}"))).ToList();
        var statuses = well.Select(id => new { Endpoint = "x", Status = new { header = new { member_id = id }, leader } });
        return EtcdQuorum.JudgeAsync(new Etcd(list, JsonSerializer.Serialize(statuses)), Inventories.With(nodes), nodes[0]);
    }

    private static string Members(int size) => JsonSerializer.Serialize(new
    {
        members = Enumerable.Range(0, size).Select(number => new { ID = number + 1, name = $"etcd{number + 1}", clientURLs = new[] { $"https://192.0.2.1{number}:2379" } }),
    });

    private sealed class Etcd(string members, string statuses) : IEtcdClient
    {
        public Task<KubectlResult> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken = default) => Task.FromResult(
            new KubectlResult("etcdctl", 0, arguments[0] == "member" ? members : statuses, "", TimeSpan.Zero));
    }
}
