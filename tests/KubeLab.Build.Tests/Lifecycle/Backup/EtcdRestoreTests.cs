using KubeLab.Clusters;
using KubeLab.Lifecycle;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Lifecycle;

/// <summary>Restores of a real etcd over a real sshd.</summary>
public sealed class EtcdRestoreTests
{
    internal const string Key = "/registry/configmaps/default/of-a-user";
    private static readonly CommandRunner Commands = new();

    [Fact]
    public async Task I_get_back_what_was_there_on_all_three_members_and_am_told_what_was_lost()
    {
        await using var machines = await EtcdMachines.StartAsync(3);
        var cluster = machines.Cluster();
        await machines.PutAsync(Key, "precious");
        var backup = await TakeAsync(machines, cluster);
        await machines.EtcdctlAsync(0, "del", Key);
        await machines.PutAsync("/registry/pods/default/later", "x");
        await machines.PutAsync("/registry/apps.example.org/things/default/later", "x");
        List<string> steps = [];

        var report = await Restore(machines, cluster, steps.Add).RunAsync(backup, TestContext.Current.CancellationToken);

        foreach (var node in Enumerable.Range(0, 3))
        {
            (await machines.EtcdctlAsync(node, "get", Key, "--print-value-only")).ShouldBe("precious\n");
            (await machines.EtcdctlAsync(node, "get", "/registry/pods", "--prefix")).ShouldBeEmpty();
            Directory.EnumerateDirectories(machines.File(node, "data")).Select(Path.GetFileName).Order(StringComparer.Ordinal)
                .ShouldBe([Path.GetFileName(report.SetAside[node].Split(" on ")[0]), "member"]);
            Directory.EnumerateFiles(machines.File(node, "etc/kubernetes/manifests")).Count().ShouldBe(3);
            Directory.Exists(machines.File(node, "etc/kubernetes/manifests")).ShouldBeTrue();
            Directory.EnumerateDirectories(machines.File(node, "etc/kubernetes"), "kubelab-*").ShouldBeEmpty();
            machines.Left(node).ShouldBeEmpty();
            machines.Systemd(node).ShouldContain("try-restart kubelet");
        }

        (await machines.EtcdctlAsync(0, "member", "list")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(3);
        report.Lost!.ShouldBe(new Dictionary<string, int> { ["pods"] = 1, ["things.apps.example.org"] = 1 }, ignoreOrder: true);
        report.Returned!.ShouldBe(new Dictionary<string, int> { ["configmaps"] = 1 });
        (report.RevisionBefore - report.SnapshotRevision).ShouldBe(3);
        var said = string.Join('\n', report.Sentences(report.TakenAt.AddMinutes(5)));
        said.ShouldContain("5 min ago, at revision 4.\nLost are the 3 revisions that came after it.\nLost objects: 1 pods, 1 things.apps.example.org. There again: 1 configmaps.");
        report.Findings(report.TakenAt).Where(finding => finding.Status == FindingStatus.Warning).ShouldHaveSingleItem().Message.ShouldContain("can't raise its revisions");
        RestoreReport.Read(System.Text.Encoding.UTF8.GetBytes(RecordJson.Write(report))).SnapshotRevision.ShouldBe(4);
        File.Exists(RestoreState.FileOf(cluster)).ShouldBeFalse();
        steps.IndexOf("Stopping the API servers").ShouldBeLessThan(steps.IndexOf("Stopping etcd"));
    }

    [Fact]
    public async Task An_etcd_whose_data_is_gone_is_restored_where_the_authority_is_the_same()
    {
        await using var machines = await EtcdMachines.StartAsync(1);
        var cluster = machines.Cluster();
        await machines.PutAsync(Key, "precious");
        var backup = await TakeAsync(machines, cluster);
        await machines.StopEtcdAsync(0);
        Directory.Delete(machines.File(0, "data"), recursive: true);

        var report = await Restore(machines, cluster).RunAsync(backup, TestContext.Current.CancellationToken);

        (await machines.EtcdctlAsync(0, "get", Key, "--print-value-only")).ShouldBe("precious\n");
        (report.Lost, report.RevisionBefore).ShouldBe((null, null));
        string.Join('\n', report.Sentences(report.TakenAt)).ShouldContain("Which objects were lost can't be told.");
    }

    [Fact]
    public async Task A_node_that_does_not_do_its_part_is_named_with_the_ways_on_and_back()
    {
        await using var machines = await EtcdMachines.StartAsync(1);
        var cluster = machines.Cluster();
        await machines.PutAsync(Key, "precious");
        var backup = await TakeAsync(machines, cluster);
        await machines.PutAsync(Key, "changed");
        await File.WriteAllTextAsync(machines.File(0, "broken-start"), "", TestContext.Current.CancellationToken);

        var error = await Should.ThrowAsync<UserError>(() => Restore(machines, cluster).RunAsync(backup, TestContext.Current.CancellationToken));

        error.Problem.ShouldBe("The restore has stopped. k8s-m0: systemd doesn't start etcd");
        error.Remedy!.ShouldContain("--back");
        (await Should.ThrowAsync<UserError>(() => Restore(machines, cluster).RunAsync("/another.tar", TestContext.Current.CancellationToken)))
            .Problem.ShouldBe($"A restore of {backup} was interrupted on this cluster.");
        File.Delete(machines.File(0, "broken-start"));
        await Restore(machines, cluster).GoBackAsync(TestContext.Current.CancellationToken);
        (await machines.EtcdctlAsync(0, "get", Key, "--print-value-only")).ShouldBe("changed\n");
        (await Should.ThrowAsync<UserError>(() => Restore(machines, cluster).GoBackAsync(TestContext.Current.CancellationToken))).Problem.ShouldStartWith("No restore of etcd is begun");
    }

    [Fact]
    public async Task What_can_not_be_restored_is_refused_and_nothing_is_changed()
    {
        await using var machines = await EtcdMachines.StartAsync(1);
        var cluster = machines.Cluster();
        var backup = await TakeAsync(machines, cluster);
        var manifest = await BackupArchive.ReadAsync(Commands, backup, null, cancellationToken: TestContext.Current.CancellationToken);
        await machines.PutAsync("/registry/namespaces/kube-system", "v1 99999999-8888-4777-8666-555555555555");

        var another = await RefusedAsync(machines, cluster, backup);

        another.ShouldContain($"is a backup of another cluster: kube-system has the UID {EtcdMachines.Uid} in it, and 99999999-8888-4777-8666-555555555555 here");
        await machines.PutAsync("/registry/namespaces/kube-system", $"v1 {EtcdMachines.Uid}");
        var authority = machines.File(0, "etc/kubernetes/ssl/ca.crt");
        await File.WriteAllTextAsync(authority, "another authority\n", TestContext.Current.CancellationToken);
        (await RefusedAsync(machines, cluster, backup)).ShouldContain("with another authority");
        await File.WriteAllTextAsync(authority, "the authority\n", TestContext.Current.CancellationToken);
        await File.AppendAllTextAsync(machines.File(0, "etc/kubernetes/ssl/secrets_encryption.yaml"), "# a new key\n", TestContext.Current.CancellationToken);
        (await RefusedAsync(machines, cluster, backup)).ShouldContain("encryption configuration is another one");
        await File.WriteAllTextAsync(machines.File(0, "etc/kubernetes/ssl/secrets_encryption.yaml"), "kind: EncryptionConfiguration # the-key-of-all-secrets\n", TestContext.Current.CancellationToken);
        machines.Program(0, "etcdctl", """case "$*" in version) echo 'etcdctl version: 3.3.1'; exit ;; esac; exec /usr/bin/etcdctl "$@" """);
        (await RefusedAsync(machines, cluster, backup)).ShouldContain($"is of etcd {manifest.Etcd}, and k8s-m0 has etcd 3.3.1, which can't read what a newer one wrote");
        machines.Program(0, "etcdctl", """case "$*" in 'snapshot restore'*) exit 1 ;; esac; exec /usr/bin/etcdctl "$@" """);
        (await RefusedAsync(machines, cluster, backup)).ShouldContain("k8s-m0 has neither etcdutl nor an etcdctl that restores snapshots");
        machines.Program(0, "etcdctl", """exec /usr/bin/etcdctl "$@" """);
        var older = new EtcdRestore(machines.Streams(cluster), Commands, machines.Source(cluster) with { Kubernetes = "1.34.9" }, TimeProvider.System, _ => { });
        (await Should.ThrowAsync<UserError>(() => older.RunAsync(backup, TestContext.Current.CancellationToken))).Problem.ShouldContain("is of Kubernetes 1.35.4, and the inventory asks for 1.34.9");
        await File.WriteAllBytesAsync(Path.Combine(machines.Artifacts, "empty.tar"), [], TestContext.Current.CancellationToken);
        (await RefusedAsync(machines, cluster, Path.Combine(machines.Artifacts, "empty.tar"))).ShouldContain("is empty: 0 bytes");
        (await machines.InAsync(0, "mount", "-t", "tmpfs", "-o", "size=1m", "small", "/var/tmp")).EnsureSucceeded("mount");
        (await RefusedAsync(machines, cluster, backup)).ShouldMatch(@"MB free where etcd's data lies and [01] MB in /var/tmp, and needs \d+ MB");
        machines.Systemd(0).ShouldBe("start etcd\n");
        Directory.EnumerateDirectories(machines.File(0, "data")).Select(Path.GetFileName).ShouldBe(["member"]);
        File.Exists(RestoreState.FileOf(cluster)).ShouldBeFalse();
    }

    [Fact]
    public async Task Every_member_has_to_answer()
    {
        await using var machines = await EtcdMachines.StartAsync(1);
        var cluster = machines.Cluster();
        var backup = await TakeAsync(machines, cluster);
        var silent = Nodes.Node("k8s-m1", ["etcd"], ("ansible_host", "127.0.0.1"), ("ansible_port", $"{LoopbackSshd.FreePort()}"));
        var source = machines.Source(cluster) with { Inventory = Inventories.With([.. machines.Inventory.Nodes, silent]) };

        var error = await Should.ThrowAsync<UserError>(() =>
            new EtcdRestore(machines.Streams(cluster), Commands, source, TimeProvider.System, _ => { }).RunAsync(backup, TestContext.Current.CancellationToken));

        error.Problem.ShouldContain("not all of them answer:\n  k8s-m1: ");
        machines.Systemd(0).ShouldBe("start etcd\n");
    }

    internal static EtcdRestore Restore(EtcdMachines machines, Cluster cluster, Action<string>? onStep = null) =>
        new(machines.Streams(cluster), Commands, machines.Source(cluster), TimeProvider.System, onStep ?? (_ => { }));

    private static async Task<string> RefusedAsync(EtcdMachines machines, Cluster cluster, string backup) =>
        (await Should.ThrowAsync<UserError>(() => Restore(machines, cluster).RunAsync(backup, TestContext.Current.CancellationToken))).Problem;

    internal static async Task<string> TakeAsync(EtcdMachines machines, Cluster cluster) =>
        (await new EtcdBackup(machines.Streams(cluster), Commands, TimeProvider.System).TakeAsync(machines.Source(cluster), TestContext.Current.CancellationToken)).File;
}
