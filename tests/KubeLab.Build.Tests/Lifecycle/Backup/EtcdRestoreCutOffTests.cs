using KubeLab.Lifecycle;
using static KubeLab.Tests.Lifecycle.EtcdRestoreTests;

namespace KubeLab.Tests.Lifecycle;

/// <summary>Restores of a real etcd that are cut off; beside the others, as there are many.</summary>
public sealed class EtcdRestoreCutOffTests
{
    // As kill -9 does at the beginning of each step; within a step nothing but a move can be half done.
    [Fact]
    public async Task A_restore_that_is_cut_off_at_any_step_goes_on_or_back()
    {
        await using var machines = await EtcdMachines.StartAsync(1);
        var cluster = machines.Cluster();
        await machines.PutAsync(Key, "precious");
        var backup = await TakeAsync(machines, cluster);
        foreach (var step in new[]
        {
            "Bringing the snapshot to the members", "Stopping the API servers", "Stopping etcd", "Setting aside what is there", "Starting etcd",
            "Waiting for etcd", "Starting the API servers", "Waiting for the API servers", "Starting the kubelets anew",
        })
        {
            foreach (var goesBack in step is "Stopping etcd" or "Starting etcd" or "Waiting for the API servers" ? [true, false] : new[] { false })
            {
                await machines.PutAsync(Key, "changed");
                await Should.ThrowAsync<InvalidOperationException>(() => Restore(machines, cluster, each =>
                {
                    if (each == step)
                        throw new InvalidOperationException("killed");
                }).RunAsync(backup, TestContext.Current.CancellationToken));

                if (goesBack)
                    await Restore(machines, cluster).GoBackAsync(TestContext.Current.CancellationToken);
                else
                    await Restore(machines, cluster).RunAsync(backup, TestContext.Current.CancellationToken);

                (await machines.EtcdctlAsync(0, "get", Key, "--print-value-only")).ShouldBe(goesBack ? "changed\n" : "precious\n", step);
                Directory.EnumerateFiles(machines.File(0, "etc/kubernetes/manifests")).Count().ShouldBe(3, step);
                Directory.EnumerateDirectories(machines.File(0, "data"), "kubelab-restore-*").ShouldBeEmpty(step);
                File.Exists(RestoreState.FileOf(cluster)).ShouldBeFalse(step);
            }
        }
    }
}
