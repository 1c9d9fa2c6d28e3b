using KubeLab.Clusters;
using KubeLab.Lifecycle;
using KubeLab.Tests.Machines;
using Microsoft.Extensions.Time.Testing;

namespace KubeLab.Tests.Lifecycle.Replacement;

public sealed class ReplacementLedgerTests : IDisposable
{
    private static readonly string[] Steps = ["backup", "drain", "remove", "validate", "join"];

    private readonly TemporaryDirectory folder = new();
    private readonly List<string> ran = [];

    public void Dispose() => folder.Dispose();

    private Cluster Cluster => new("mine", folder.File("inventory"), folder.File("inventory/inventory.ini"), new ClusterSettings(), folder.File("artifacts"));

    private ReplacementLedger Ledger => new(Cluster, new FakeTimeProvider(), _ => { });

    [Theory]
    [InlineData("backup", "backup,drain,remove,validate,join")]
    [InlineData("drain", "drain,remove,validate,join")]
    [InlineData("remove", "drain,remove,validate,join")]
    [InlineData("validate", "validate,join")]
    [InlineData("join", "validate,join")]
    public async Task A_replacement_goes_on_where_it_stopped_and_looks_again_at_what_may_have_changed(string stopsAt, string then)
    {
        var error = await Should.ThrowAsync<UserError>(() => RunAsync("k8s-m3", stopsAt, new UserError("It broke.", "Mend it.")));
        error.Remedy!.ShouldContain("go on: ./build.sh ReplaceNode --node k8s-m0 --by k8s-m3 --confirm mine");
        ran.Clear();

        var state = await RunAsync("k8s-m3");

        ran.ShouldBe(then.Split(','));
        state.HasEnded.ShouldBeTrue();
        state.Done.ShouldBe(Steps, ignoreOrder: true);
    }

    // What is not caught leaves no more behind than what was kept before: as kill -9 does.
    [Theory]
    [InlineData("backup")]
    [InlineData("remove")]
    [InlineData("join")]
    public async Task A_run_that_is_cut_off_goes_on_with_the_step_that_it_was_in(string stopsAt)
    {
        await Should.ThrowAsync<OperationCanceledException>(() => RunAsync(null, stopsAt, new OperationCanceledException()));
        ran.Clear();

        await RunAsync(null);

        ran.ShouldContain(stopsAt);
        ran.Count(step => step == "backup").ShouldBe(stopsAt == "backup" ? 1 : 0);
        File.Exists(ReplacementState.FileOf(Cluster)).ShouldBeFalse();
    }

    [Fact]
    public async Task Another_replacement_waits_until_the_one_that_was_begun_has_ended()
    {
        await Should.ThrowAsync<UserError>(() => RunAsync("k8s-m3", "join", new UserError("It broke.")));

        Should.Throw<UserError>(() => Ledger.Open(Inventories.Of(3, 1), "k8s-m1", "k8s-m3", isGone: false)).Remedy!.ShouldContain("Go on with it first: ./build.sh ReplaceNode --node k8s-m0 --by k8s-m3");
        Should.Throw<UserError>(() => Ledger.Open(Inventories.Of(3, 1), "k8s-m0", null, isGone: false)).Problem.ShouldContain("k8s-m0 is being replaced by k8s-m3");
        await RunAsync("k8s-m3");
        Should.Throw<UserError>(() => Ledger.Open(Inventories.Of(3, 1), "k8s-m1", null, isGone: false)).Problem.ShouldContain("the inventory doesn't say so yet");
        Ledger.Open(Inventories.Of(3, 1), "k8s-m0", "k8s-m3", isGone: false).HasEnded.ShouldBeTrue();
        // The inventory says it: the next one may be replaced.
        Ledger.Open(Inventories.With([Nodes.Node("k8s-m3", ["etcd"])]), "k8s-m3", null, isGone: false).Done.ShouldBeEmpty();
    }

    [Fact]
    public async Task Nothing_goes_by_the_inventory_until_it_says_what_was_replaced()
    {
        var (before, after) = (Inventories.Of(3, 1), Inventories.With([Nodes.Node("k8s-m3", ["kube_control_plane", "etcd"]), .. Inventories.Of(3, 1).Nodes.Skip(1)]));
        ReplacementState.RequireSettled(Cluster, before, "Scale");
        await Should.ThrowAsync<UserError>(() => RunAsync("k8s-m3", "join", new UserError("It broke.")));
        Should.Throw<UserError>(() => ReplacementState.RequireSettled(Cluster, after, "Scale")).Problem.ShouldContain("(done: backup, drain, remove, validate), and Scale would go by");

        await RunAsync("k8s-m3");

        Should.Throw<UserError>(() => ReplacementState.RequireSettled(Cluster, before, "Scale")).Problem.ShouldContain("Scale would bring k8s-m0 back");
        ReplacementState.RequireSettled(Cluster, after, "Scale");
        File.Exists(ReplacementState.FileOf(Cluster)).ShouldBeFalse();
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{\"node\": null}")]
    public void A_state_that_can_not_be_read_is_none(string text)
    {
        folder.Write("artifacts/node-replacement.state.json", text);

        ReplacementState.Of(Cluster, Inventories.Of(3, 1)).ShouldBeNull();
    }

    [Fact]
    public void A_member_of_etcd_is_not_replaced_without_a_word_on_its_backup()
    {
        var member = Inventories.Of(3, 0).Nodes[0];

        Should.Throw<UserError>(() => ReplacementBackup.Require(Cluster, member, unencrypted: false)).Problem.ShouldContain("k8s-m0 is a member of etcd, which is saved before one is replaced");
        Should.NotThrow(() => ReplacementBackup.Require(Cluster, member, unencrypted: true));
    }

    private async Task<ReplacementState> RunAsync(string? by, string? stopsAt = null, Exception? with = null) => await Ledger.RunAsync(
        Ledger.Open(Inventories.Of(3, 1), "k8s-m0", by, isGone: false),
        [.. Steps.Select(step => new ReplacementStep(step, $"doing {step}", () =>
        {
            ran.Add(step);
            return step == stopsAt ? throw with! : Task.CompletedTask;
        })
        { IsRepeated = step is "drain" or "validate" })]);
}
