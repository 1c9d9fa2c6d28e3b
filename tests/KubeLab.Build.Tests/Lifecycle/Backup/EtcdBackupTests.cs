using System.Text;
using KubeLab.Clusters;
using KubeLab.Lifecycle;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Lifecycle;

/// <summary>Backups of a real etcd over a real sshd, encrypted by the real age.</summary>
public sealed class EtcdBackupTests
{
    private const string Secret = "a-secret-of-the-cluster";
    private static readonly CommandRunner Commands = new();

    [Fact]
    public async Task I_can_back_up_etcd_with_what_a_restore_needs_encrypted_and_nothing_is_left_on_the_node()
    {
        Programs.Require("age-keygen");
        await using var machines = await EtcdMachines.StartAsync(1);
        using var keys = new TemporaryDirectory();
        var recipient = await IdentityAsync(keys);
        var cluster = machines.Cluster(new BackupSettings { Recipient = recipient });
        var before = await machines.EtcdctlAsync(0, "get", "/", "--prefix", "-w", "json");

        var taken = await TakeAsync(machines, cluster);

        File.GetUnixFileMode(taken.File).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Path.GetFileName(taken.File).ShouldMatch(@"^etcd-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.tar\.age$");
        var bytes = Encoding.Latin1.GetString(await File.ReadAllBytesAsync(taken.File, TestContext.Current.CancellationToken));
        bytes.ShouldNotContain(Secret);
        bytes.ShouldNotContain("the-key-of-all-secrets");
        taken.IsReadAgain.ShouldBeFalse();
        List<string> names = [];
        var clear = new StringBuilder();
        var manifest = await BackupArchive.ReadAsync(Commands, taken.File, keys.File("identity"), async (name, stream, token) =>
        {
            names.Add(name);
            clear.Append(await new StreamReader(stream, Encoding.Latin1).ReadToEndAsync(token));
        }, TestContext.Current.CancellationToken);
        RecordJson.Write(manifest).ShouldBe(RecordJson.Write(taken.Manifest));
        (manifest.Uid, manifest.Cluster, manifest.Distribution, manifest.Member, manifest.Etcd.Major).ShouldBe((EtcdMachines.Uid, "mine", "kubespray v2.31.0", "k8s-m0", 3));
        (manifest.Snapshot.Revision, manifest.Snapshot.Hash > 0, manifest.Snapshot.Keys >= 2, manifest.Missing.Count).ShouldBe((3, true, true, 0));
        manifest.Authority!.Length.ShouldBe(64);
        manifest.Encryption!.Length.ShouldBe(64);
        foreach (var name in new[]
        {
            "snapshot.db", "nodes/k8s-m0/etc/kubernetes/ssl/ca.crt", "nodes/k8s-m0/etc/kubernetes/ssl/secrets_encryption.yaml", "nodes/k8s-m0/etc/ssl/etcd/member-key.pem",
            "nodes/k8s-m0/etc/etcd.env", "inventory/inventory.ini", "inventory/credentials/kube_encrypt_token.creds",
        })
            names.ShouldContain(name);
        clear.ToString().ShouldContain(Secret);
        machines.Left(0).ShouldBeEmpty();
        (await machines.EtcdctlAsync(0, "get", "/", "--prefix", "-w", "json")).ShouldBe(before);
        machines.Systemd(0).ShouldBe("start etcd\n");
        Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(taken.File)!).Select(Path.GetFileName).Order().ShouldBe([".lock", Path.GetFileName(taken.File)]);
    }

    [Fact]
    public async Task A_backup_in_clear_is_read_to_its_end_again_and_what_is_old_goes()
    {
        await using var machines = await EtcdMachines.StartAsync(1);
        var cluster = machines.Cluster(new BackupSettings { Keep = 1, KeepFor = TimeSpan.FromDays(1) });
        var folder = BackupStore.FolderOf(cluster);
        Directory.CreateDirectory(folder);
        var old = Path.Combine(folder, "etcd-2020-01-01T00-00-00Z.tar.age");
        foreach (var name in new[] { old, Path.Combine(folder, ".etcd-2026-01-01T00-00-00Z.tar"), Path.Combine(folder, "notes.txt") })
            await File.WriteAllTextAsync(name, "of before", TestContext.Current.CancellationToken);

        var taken = await TakeAsync(machines, cluster);

        taken.IsReadAgain.ShouldBeTrue();
        taken.Removed.ShouldBe([old]);
        Directory.EnumerateFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal).ShouldBe([".lock", Path.GetFileName(taken.File), "notes.txt"]);
        File.GetUnixFileMode(taken.File).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        BackupFindings.Of(taken, true).Single(finding => finding.Check == "backup-encrypted").Status.ShouldBe(FindingStatus.Warning);
    }

    [Fact]
    public async Task Another_member_gives_the_snapshot_where_one_does_not_answer_and_none_does_without_a_quorum()
    {
        await using var machines = await EtcdMachines.StartAsync(3);
        var cluster = machines.Cluster();
        await machines.StopEtcdAsync(0);

        var taken = await TakeAsync(machines, cluster);

        taken.Manifest.Member.ShouldBe("k8s-m1");
        taken.Manifest.Nodes.ShouldBe(["k8s-m0", "k8s-m1"]);
        taken.Refused.ShouldHaveSingleItem().ShouldStartWith("k8s-m0: its member of etcd is not healthy");
        BackupFindings.Of(taken, true).Where(finding => finding.Check == "backup-members").ShouldHaveSingleItem().Status.ShouldBe(FindingStatus.Warning);
        await machines.StopEtcdAsync(1);
        var error = await Should.ThrowAsync<UserError>(() => TakeAsync(machines, cluster));
        error.Problem.ShouldStartWith("No member of etcd gives a snapshot:\n  k8s-m0: ");
        error.Problem.ShouldContain("k8s-m2: its member of etcd is not healthy");
        BackupStore.All(BackupStore.FolderOf(cluster)).ShouldBe([taken.File]);
        machines.Left(0).Concat(machines.Left(1)).Concat(machines.Left(2)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_full_disk_here_or_on_the_node_leaves_what_was_there()
    {
        await using var machines = await EtcdMachines.StartAsync(1);
        var cluster = machines.Cluster();
        var folder = BackupStore.FolderOf(cluster);
        Directory.CreateDirectory(folder);
        foreach (var number in Enumerable.Range(0, 40))
            await machines.PutAsync($"/registry/configmaps/default/large-{number}", new string('x', 10_000));
        using (new SmallFileSystem(folder))
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "etcd-2026-01-01T00-00-00Z.tar"), "of before", TestContext.Current.CancellationToken);

            var full = await Should.ThrowAsync<UserError>(() => TakeAsync(machines, cluster));

            full.Message.ShouldContain("No space left on device");
            full.Remedy!.ShouldContain("The backups of before are as they were");
            Directory.EnumerateFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal).ShouldBe([".lock", "etcd-2026-01-01T00-00-00Z.tar"]);
        }

        (await machines.InAsync(0, "mount", "-t", "tmpfs", "-o", "size=1m", "small", "/var/tmp")).EnsureSucceeded("mount");
        var node = await Should.ThrowAsync<UserError>(() => TakeAsync(machines, cluster));
        node.Problem.ShouldMatch("k8s-m0: /var/tmp has [01] MB free, and a snapshot of etcd needs 1[23][0-9] MB for a moment");
        (await machines.InAsync(0, "ls", "/var/tmp")).StandardOutput.ShouldBeEmpty();
    }

    [Fact]
    public async Task Of_an_etcd_whose_etcdctl_opens_no_snapshot_etcdutl_opens_it_and_without_it_none_is_taken()
    {
        await using var machines = await EtcdMachines.StartAsync(1);
        var cluster = machines.Cluster();
        machines.Program(0, "etcdctl", """case "$*" in 'snapshot restore'*|'snapshot status'*) echo 'NAME: snapshot'; exit 1 ;; esac; exec /usr/bin/etcdctl "$@" """);

        var error = await Should.ThrowAsync<UserError>(() => TakeAsync(machines, cluster));

        error.Problem.ShouldContain("etcdctl here only takes snapshots, and etcdutl, which opens them (etcd 3.6), is not there");
        machines.Program(0, "etcdutl", """ETCDCTL_API=3 exec /usr/bin/etcdctl "$@" """);
        (await TakeAsync(machines, cluster)).Manifest.Snapshot.Tool.ShouldBe("etcdutl");
    }

    [Fact]
    public async Task What_a_killed_run_left_on_the_node_goes_and_what_a_living_one_needs_stays()
    {
        await using var machines = await EtcdMachines.StartAsync(1);
        Directory.CreateDirectory(machines.File(0, "var-tmp/kubelab-etcd.killed"));
        await File.WriteAllTextAsync(machines.File(0, "var-tmp/kubelab-etcd.killed/pid"), "4194303", TestContext.Current.CancellationToken);
        Directory.CreateDirectory(machines.File(0, "var-tmp/kubelab-etcd.living"));
        await File.WriteAllTextAsync(machines.File(0, "var-tmp/kubelab-etcd.living/pid"), "1", TestContext.Current.CancellationToken);

        await TakeAsync(machines, machines.Cluster());

        machines.Left(0).Select(Path.GetFileName).ShouldBe(["kubelab-etcd.living"]);
    }

    // As kill -9 of KubeLab does: nobody reads any more.
    [Fact]
    public async Task A_run_that_ends_in_the_middle_leaves_nothing_on_the_node_and_no_half_backup()
    {
        await using var machines = await EtcdMachines.StartAsync(1);
        var cluster = machines.Cluster();
        machines.Program(0, "etcdctl", """case "$*" in 'snapshot save'*) touch "$NODE/begun"; while [ -e "$NODE/begun" ]; do sleep 0.1; done ;; esac; exec /usr/bin/etcdctl "$@" """);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var taking = new EtcdBackup(machines.Streams(cluster), Commands, TimeProvider.System).TakeAsync(machines.Source(cluster), ending.Token);
        await EtcdMachines.UntilAsync("the snapshot is begun", () => Task.FromResult(File.Exists(machines.File(0, "begun"))));

        await ending.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => taking);
        machines.Left(0).ShouldHaveSingleItem();
        File.Delete(machines.File(0, "begun"));
        await EtcdMachines.UntilAsync("the node is clean", () => Task.FromResult(!machines.Left(0).Any()));
        Directory.EnumerateFiles(BackupStore.FolderOf(cluster)).Select(Path.GetFileName).ShouldBe([".lock"]);
    }

    [Fact]
    public async Task A_recipient_that_is_none_and_a_second_backup_at_the_same_time_are_refused_before_anything_is_done()
    {
        Programs.Require("age");
        await using var machines = await EtcdMachines.StartAsync(1);

        var recipient = await Should.ThrowAsync<UserError>(() => TakeAsync(machines, machines.Cluster(new BackupSettings { Recipient = "age1nobody" })));

        recipient.Problem.ShouldStartWith("age can't encrypt to age1nobody: ");
        var cluster = machines.Cluster();
        using var store = BackupStore.Open(BackupStore.FolderOf(cluster));
        var turn = await Should.ThrowAsync<UserError>(() => TakeAsync(machines, cluster));
        turn.Problem.ShouldStartWith($"No backup can be written to {BackupStore.FolderOf(cluster)}");
    }

    private static Task<TakenBackup> TakeAsync(EtcdMachines machines, Cluster cluster, TimeProvider? time = null) =>
        new EtcdBackup(machines.Streams(cluster), Commands, time ?? TimeProvider.System).TakeAsync(machines.Source(cluster), TestContext.Current.CancellationToken);

    private static async Task<string> IdentityAsync(TemporaryDirectory folder, string name = "identity")
    {
        (await Commands.RunAsync(CommandLine.Of("age-keygen", "-o", folder.File(name)))).EnsureSucceeded("age-keygen");
        return (await File.ReadAllLinesAsync(folder.File(name))).Single(line => line.StartsWith("# public key: ", StringComparison.Ordinal))["# public key: ".Length..];
    }
}
