using KubeLab.Clusters;
using KubeLab.Runs;
using KubeLab.Tests.Clusters;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Runs;

public class ClusterLockTests
{
    [Fact]
    public void I_cannot_run_on_a_cluster_while_somebody_else_does()
    {
        using var directory = new TemporaryDirectory();
        var cluster = Sample.Cluster(directory);
        using var first = ClusterLock.Take(cluster, TimeProvider.System);

        var error = Should.Throw<UserError>(() => ClusterLock.Take(cluster, TimeProvider.System));

        error.Message.ShouldContain("Another run on the cluster mycluster");
        error.Message.ShouldContain($"process {Environment.ProcessId} of {Environment.UserName}");
    }

    [Fact]
    public void I_can_run_when_the_other_run_is_over()
    {
        using var directory = new TemporaryDirectory();
        var cluster = Sample.Cluster(directory);
        ClusterLock.Take(cluster, TimeProvider.System).Dispose();

        using var second = ClusterLock.Take(cluster, TimeProvider.System);
    }
}
