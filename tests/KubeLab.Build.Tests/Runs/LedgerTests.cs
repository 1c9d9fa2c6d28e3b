using KubeLab.Runs;
using KubeLab.Tests.Clusters;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Runs;

public class LedgerTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    [Fact]
    public void I_may_leave_out_what_succeeded_and_whose_input_is_the_same()
    {
        Open().Note("InstallCluster", Read("a"), LedgerOutcome.Succeeded);

        Open().Judge("InstallCluster", Read("a")).MaySkip.ShouldBeTrue();
    }

    [Fact]
    public void I_repeat_what_has_read_something_that_changed_and_am_told_what()
    {
        Open().Note("InstallCluster", Read("a"), LedgerOutcome.Succeeded);

        var verdict = Open().Judge("InstallCluster", Read("b"));

        verdict.MaySkip.ShouldBeFalse();
        verdict.Reason.ShouldBe("changed since: the inventory");
    }

    [Fact]
    public void I_repeat_what_never_succeeded_or_was_begun_again()
    {
        Open().Judge("InstallCluster", Read("a")).MaySkip.ShouldBeFalse();
        Open().Note("InstallCluster", Read("a"), LedgerOutcome.Succeeded);

        Open().Forget("InstallCluster");

        Open().Judge("InstallCluster", Read("a")).MaySkip.ShouldBeFalse();
    }

    [Theory]
    [InlineData(LedgerOutcome.Failed, "it failed at 20")]
    [InlineData(LedgerOutcome.Interrupted, "it was interrupted at 20")]
    [InlineData(LedgerOutcome.Begun, "and never came to its end")]
    public void I_repeat_what_did_not_come_to_a_good_end_and_am_told_how_it_ended_and_what_changed(LedgerOutcome outcome, string says)
    {
        Open().Note("InstallCluster", Read("a"), LedgerOutcome.Succeeded);

        Open().Note("InstallCluster", Read("a"), outcome);

        Open().Judge("InstallCluster", Read("a")).MaySkip.ShouldBeFalse();
        Open().Judge("InstallCluster", Read("a")).Reason.ShouldContain(says);
        Open().Judge("InstallCluster", Read("b")).Reason.ShouldEndWith("; changed since: the inventory");
    }

    [Fact]
    public void I_may_leave_out_what_an_earlier_version_of_KubeLab_has_noted()
    {
        directory.Write(
            "artifacts/mycluster/ledger/InstallCluster.json",
            """{ "At": "2026-11-25T08:09:10.1112131+00:00", "Read": { "the inventory": "a" }, "Outcome": "succeeded" }""");

        Open().Judge("InstallCluster", Read("a")).MaySkip.ShouldBeTrue();
    }

    [Fact]
    public void I_repeat_everything_when_the_ledger_cannot_be_read()
    {
        directory.Write("artifacts/mycluster/ledger/InstallCluster.json", "{ cut off");

        Open().Judge("InstallCluster", Read("a")).MaySkip.ShouldBeFalse();
    }

    public void Dispose() => directory.Dispose();

    private static Dictionary<string, string> Read(string hash) => new() { ["the inventory"] = hash };

    private Ledger Open() => new(Sample.Cluster(directory), TimeProvider.System);
}
