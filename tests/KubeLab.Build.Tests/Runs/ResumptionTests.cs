using KubeLab.Runs;
using KubeLab.Tests.Clusters;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Runs;

public sealed class ResumptionTests : IDisposable
{
    private static readonly IReadOnlyDictionary<string, string> Read = new Dictionary<string, string>(StringComparer.Ordinal) { ["the inventory"] = "a" };

    private static readonly DeployStep[] Steps =
        [new("Fetch", "it costs nothing"), new("Judge"), new("Install", BeginsLate: true)];

    private readonly TemporaryDirectory directory = new();

    [Fact]
    public void What_was_proven_stays_proven_where_a_run_never_came_to_begin()
    {
        var first = Taken();
        first.Start("Install");
        first.Begin("Install");
        first.End("Install", LedgerOutcome.Succeeded);

        var refused = Taken();
        refused.Start("Install");
        refused.End("Install", LedgerOutcome.Failed);

        Taken().IsUnproven("Install").ShouldBeFalse();
    }

    [Fact]
    public void A_step_that_always_runs_does_so_with_its_reason()
    {
        var first = Taken();
        first.Start("Fetch");
        first.End("Fetch", LedgerOutcome.Succeeded);

        var again = Taken();

        again.IsUnproven("Fetch").ShouldBeTrue();
        again.Preview("Fetch").ShouldBe(new LedgerVerdict(false, "it costs nothing"));
    }

    [Fact]
    public void What_ends_before_it_is_known_what_it_reads_proves_nothing()
    {
        Prove("Judge");
        var blind = Open();
        blind.Start("Judge");
        blind.End("Judge", LedgerOutcome.Succeeded);

        Taken().IsUnproven("Judge").ShouldBeTrue();
    }

    [Fact]
    public void I_leave_nothing_out_unasked_and_am_told_what_would_be()
    {
        Prove("Judge");

        var unasked = Taken(isAsked: false);

        unasked.IsUnproven("Judge").ShouldBeTrue();
        unasked.Preview("Judge").MaySkip.ShouldBeFalse();
        unasked.Preview("Judge").Reason.ShouldStartWith("--resume is not given; with it: left out, as it succeeded at ");
    }

    public void Dispose() => directory.Dispose();

    private void Prove(string target)
    {
        var run = Taken();
        run.Start(target);
        run.End(target, LedgerOutcome.Succeeded);
    }

    private Resumption Taken(bool isAsked = true)
    {
        var resumption = Open(isAsked);
        resumption.Take(Read);
        return resumption;
    }

    private Resumption Open(bool isAsked = true) => new(new Ledger(Sample.Cluster(directory), TimeProvider.System), Steps, isAsked, Consoles.Silent());
}
