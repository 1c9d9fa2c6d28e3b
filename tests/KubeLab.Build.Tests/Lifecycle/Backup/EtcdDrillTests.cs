using System.Text;
using KubeLab.Clusters;
using KubeLab.Lifecycle;

namespace KubeLab.Tests.Lifecycle;

/// <summary>Drills of backups of a real etcd that a real API server has filled.</summary>
public sealed class EtcdDrillTests(LivingApiServer living) : IClassFixture<LivingApiServer>
{
    private static readonly CommandRunner Commands = new();

    [Fact]
    public async Task I_can_prove_a_backup_by_what_an_API_server_reads_of_it_and_nothing_is_left()
    {
        var machines = await living.GetAsync();
        var cluster = Cluster(machines);
        var backup = await TakeAsync(machines, cluster);
        await living.KubectlAsync("--namespace", "shop", "create", "configmap", "later");
        var before = await machines.EtcdctlAsync(0, "get", "/registry", "--prefix", "--keys-only");

        var report = await Drill(machines, cluster).RunAsync(backup, TestContext.Current.CancellationToken);

        var findings = report.Findings(report.TakenAt.AddMinutes(5));
        findings.Where(finding => finding.Status != FindingStatus.Passed).Select(finding => finding.ToString()).ShouldBeEmpty();
        var said = string.Join('\n', findings);
        said.ShouldContain("the Secret shop/password, which lies in etcd as k8s:enc:aescbc, is decrypted with the backup's own encryption configuration");
        said.ShouldContain("5 min ago, and little has changed since: configmaps ");
        said.ShouldContain($"kube-system has the UID {report.BackupUid}");
        (report.Revision, report.Uid, report.Living!["configmaps"] - report.Objects["configmaps"]).ShouldBe((report.SnapshotRevision, report.BackupUid, 1));
        report.Read["secrets"].ShouldBe(1);
        report.ApiServer.ShouldNotBeNullOrEmpty();
        RecordJson.Write(DrillReport.Parse(Encoding.UTF8.GetBytes(RecordJson.Write(report)))).ShouldBe(RecordJson.Write(report));
        await ShouldBeAsBeforeAsync(machines);
        (await machines.EtcdctlAsync(0, "get", "/registry", "--prefix", "--keys-only")).ShouldBe(before);
    }

    [Fact]
    public async Task A_backup_whose_key_is_another_than_the_one_that_encrypted_is_found_out()
    {
        var machines = await living.GetAsync();
        await living.LoseKeyAsync();
        var cluster = Cluster(machines);
        var backup = await TakeAsync(machines, cluster);

        var report = await Drill(machines, cluster).RunAsync(backup, TestContext.Current.CancellationToken);

        report.IsDecrypted.ShouldBeFalse();
        var failed = report.Findings(report.TakenAt).Where(finding => finding.Status == FindingStatus.Failed).ToList();
        failed.Select(finding => finding.Check).ShouldBe(["drill-secret", "drill-read"]);
        failed[0].Message.ShouldContain("the Secret shop/password can't be read: Error from server");
        failed[1].Message.ShouldContain("it reads only 0 of 1 secrets");
        await ShouldBeAsBeforeAsync(machines);
    }

    [Theory]
    [InlineData("10.96.0.0/12", "nonsense", @"k8s-m0: the drill's kube-apiserver has ended: .*service-cluster-ip-range")]
    [InlineData("ssl/sa.key", "ssl/none.key", "k8s-m0: the backup lacks /etc/kubernetes/ssl/none.key, which its API server has in --service-account-signing-key-file")]
    public async Task What_does_not_come_up_is_named_with_its_last_words_and_nothing_is_left(string flag, string wrong, string problem)
    {
        var machines = await living.GetAsync();
        await living.WriteAsync(manifest => manifest.Replace(flag, wrong));
        var cluster = Cluster(machines);
        var backup = await TakeAsync(machines, cluster);

        var error = await Should.ThrowAsync<UserError>(() => Drill(machines, cluster).RunAsync(backup, TestContext.Current.CancellationToken));

        error.Problem.ShouldMatch(problem);
        error.Problem.ShouldStartWith($"{backup} is not proven. ");
        await ShouldBeAsBeforeAsync(machines);
    }

    [Fact]
    public async Task A_drill_that_is_killed_is_removed_by_the_next_one_and_one_that_lives_is_not()
    {
        var machines = await living.GetAsync();
        var cluster = Cluster(machines);
        var backup = await TakeAsync(machines, cluster);
        var begun = machines.File(0, "begun");
        machines.Program(0, "kubectl", """touch "$NODE/begun"; while [ -e "$NODE/begun" ]; do sleep 0.1; done; exec /usr/bin/kubectl "$@" """);
        var first = Drill(machines, cluster).RunAsync(backup, TestContext.Current.CancellationToken);
        await EtcdMachines.UntilAsync("the API server is waited for", () => Task.FromResult(File.Exists(begun)));

        var refused = await Should.ThrowAsync<UserError>(() => Drill(machines, cluster).RunAsync(backup, TestContext.Current.CancellationToken));

        refused.Problem.ShouldMatch(@"No control plane can hold a drill:\n  k8s-m0: another drill is running \(process \d+\)");
        var pid = (await File.ReadAllTextAsync(Path.Combine(machines.Left(0).Single(), "pid"), TestContext.Current.CancellationToken)).Trim();
        (await machines.InAsync(0, "kill", "-9", pid)).EnsureSucceeded("kill");
        await Should.ThrowAsync<UserError>(() => first);
        machines.Left(0).ShouldHaveSingleItem();
        (await WorkingAsync(machines)).ShouldNotBeEmpty();
        await living.WriteAsync();
        (await Drill(machines, cluster).RunAsync(backup, TestContext.Current.CancellationToken)).IsGone.ShouldBeTrue();
        File.Delete(begun);
        await ShouldBeAsBeforeAsync(machines);
    }

    [Fact]
    public async Task A_run_that_ends_in_the_middle_leaves_nothing_on_the_node()
    {
        var machines = await living.GetAsync();
        var cluster = Cluster(machines);
        var backup = await TakeAsync(machines, cluster);
        var begun = machines.File(0, "begun");
        machines.Program(0, "kubectl", """touch "$NODE/begun"; while [ -e "$NODE/begun" ]; do sleep 0.1; done; exec /usr/bin/kubectl "$@" """);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var drilling = Drill(machines, cluster).RunAsync(backup, ending.Token);
        await EtcdMachines.UntilAsync("the API server is waited for", () => Task.FromResult(File.Exists(begun)));

        await ending.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => drilling);
        await living.WriteAsync();
        File.Delete(begun);
        await EtcdMachines.UntilAsync("the node is clean", () => Task.FromResult(!machines.Left(0).Any()));
        await ShouldBeAsBeforeAsync(machines);
    }

    [Fact]
    public async Task A_node_without_room_or_memory_or_what_a_drill_needs_is_named_before_anything_is_brought_there()
    {
        var machines = await living.GetAsync();
        var cluster = Cluster(machines);
        var backup = await TakeAsync(machines, cluster);
        async Task<string> RefusedAsync() =>
            (await Should.ThrowAsync<UserError>(() => Drill(machines, cluster).RunAsync(backup, TestContext.Current.CancellationToken))).Problem;

        (await machines.InAsync(0, "mount", "-t", "tmpfs", "-o", "size=1m", "small", "/var/tmp")).EnsureSucceeded("mount");
        (await RefusedAsync()).ShouldMatch(@"k8s-m0: /var/tmp has [01] MB free, and a drill needs 2\d\d MB for a moment");
        (await machines.InAsync(0, "umount", "/var/tmp")).EnsureSucceeded("umount");
        await File.WriteAllTextAsync(machines.File(0, "meminfo"), "MemTotal:  900000 kB\nMemAvailable:  102400 kB\n", TestContext.Current.CancellationToken);
        (await machines.InAsync(0, "mount", "--bind", machines.File(0, "meminfo"), "/proc/meminfo")).EnsureSucceeded("mount");
        (await RefusedAsync()).ShouldMatch(@"k8s-m0: 100 MB of memory are available, and a drill needs 5\d\d MB");
        (await machines.InAsync(0, "umount", "/proc/meminfo")).EnsureSucceeded("umount");
        machines.Program(0, "pgrep", "exit 1");
        (await RefusedAsync()).ShouldEndWith("k8s-m0: no kube-apiserver runs, whose program a drill needs");
        await living.WriteAsync();
        machines.Program(0, "etcdctl", """case "$*" in 'snapshot restore'*) exit 1 ;; esac; exec /usr/bin/etcdctl "$@" """);
        (await RefusedAsync()).ShouldContain("k8s-m0 has neither etcdutl nor an etcdctl that restores snapshots");
        await ShouldBeAsBeforeAsync(machines);
    }

    [Fact]
    public async Task What_a_restore_would_refuse_is_refused_and_so_is_a_cluster_that_does_not_answer()
    {
        var machines = await living.GetAsync();
        var cluster = Cluster(machines);
        var backup = await TakeAsync(machines, cluster);
        var empty = Path.Combine(machines.Artifacts, "empty.tar");
        await File.WriteAllBytesAsync(empty, [], TestContext.Current.CancellationToken);
        var cut = Path.Combine(machines.Artifacts, "cut.tar");
        await File.WriteAllBytesAsync(cut, (await File.ReadAllBytesAsync(backup, TestContext.Current.CancellationToken))[..100_000], TestContext.Current.CancellationToken);
        async Task<string> RefusedAsync(string file, BackupSource? source = null) =>
            (await Should.ThrowAsync<UserError>(() => Drill(machines, cluster, source).RunAsync(file, TestContext.Current.CancellationToken))).Problem;

        (await RefusedAsync(empty)).ShouldContain("is empty: 0 bytes");
        (await RefusedAsync(cut)).ShouldContain("is damaged, cut off");
        (await RefusedAsync(backup, machines.Source(cluster) with { Kubernetes = "1.34.9" })).ShouldContain("is of Kubernetes 1.35.4, and the inventory asks for 1.34.9");
        var silent = machines.Source(cluster) with { Inventory = Inventories.Of(0, 1) };
        (await RefusedAsync(backup, silent)).ShouldStartWith("No control plane can hold a drill:");
        await living.LoseKeyAsync();
        (await RefusedAsync(backup)).ShouldContain("encryption configuration is another one");
        var authority = machines.File(0, "etc/kubernetes/ssl/ca.crt");
        var own = await File.ReadAllTextAsync(authority, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(authority, "another authority\n", TestContext.Current.CancellationToken);
        (await RefusedAsync(backup)).ShouldContain("with another authority");
        await File.WriteAllTextAsync(authority, own, TestContext.Current.CancellationToken);
        await ShouldBeAsBeforeAsync(machines);
    }

    private static Cluster Cluster(EtcdMachines machines) =>
        machines.Cluster(new BackupSettings { Folder = Path.Combine(machines.Artifacts, Guid.NewGuid().ToString("N")) });

    private static EtcdDrill Drill(EtcdMachines machines, Cluster cluster, BackupSource? source = null) =>
        new(machines.Streams(cluster), Commands, source ?? machines.Source(cluster), TimeProvider.System, _ => { });

    private static async Task<string> TakeAsync(EtcdMachines machines, Cluster cluster) =>
        (await new EtcdBackup(machines.Streams(cluster), Commands, TimeProvider.System).TakeAsync(machines.Source(cluster), TestContext.Current.CancellationToken)).File;

    private async Task ShouldBeAsBeforeAsync(EtcdMachines machines)
    {
        machines.Left(0).ShouldBeEmpty();
        (await WorkingAsync(machines)).ShouldBeEmpty();
        machines.Systemd(0).ShouldBe("start etcd\n");
        await living.WriteAsync();
        (await living.KubectlAsync("--namespace", "shop", "get", "secret", "password", "--output", "name")).ShouldBe("secret/password\n");
    }

    private static async Task<string> WorkingAsync(EtcdMachines machines) =>
        (await machines.InAsync(0, "sh", "-c", "find /proc/[0-9]*/cwd -maxdepth 0 -lname '*kubelab-drill*' 2> /dev/null; true")).StandardOutput;
}
