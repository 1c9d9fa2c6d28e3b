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
        Open().Succeeded("InstallCluster", Read("a"));

        Open().Judge("InstallCluster", Read("a")).MaySkip.ShouldBeTrue();
    }

    [Fact]
    public void I_repeat_what_has_read_something_that_changed_and_am_told_what()
    {
        Open().Succeeded("InstallCluster", Read("a"));

        var verdict = Open().Judge("InstallCluster", Read("b"));

        verdict.MaySkip.ShouldBeFalse();
        verdict.Reason.ShouldBe("changed since: the inventory");
    }

    [Fact]
    public void I_repeat_what_never_succeeded_or_was_begun_again()
    {
        Open().Judge("InstallCluster", Read("a")).MaySkip.ShouldBeFalse();
        Open().Succeeded("InstallCluster", Read("a"));

        Open().Forget("InstallCluster");

        Open().Judge("InstallCluster", Read("a")).MaySkip.ShouldBeFalse();
    }

    [Fact]
    public void I_repeat_everything_when_the_ledger_cannot_be_read()
    {
        directory.Write("artifacts/mycluster/ledger.json", "{ cut off");

        Open().Judge("InstallCluster", Read("a")).MaySkip.ShouldBeFalse();
    }

    public void Dispose() => directory.Dispose();

    private static Dictionary<string, string> Read(string hash) => new() { ["the inventory"] = hash };

    private Ledger Open() => new(Sample.Cluster(directory), TimeProvider.System);
}
