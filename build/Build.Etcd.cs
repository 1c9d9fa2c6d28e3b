using KubeLab.Ansible;
using KubeLab.Lifecycle;
using KubeLab.Ssh;
using Nuke.Common;

// What a cluster holds, saved and brought back.
sealed partial class Build
{
    static Group OptionsOfBackups => new(
        "Backups of etcd",
        [nameof(Recipient), nameof(Unencrypted), nameof(AgeIdentity), nameof(Backup), nameof(Back)]);

    [Parameter("RestoreEtcd, DrillRestore: the backup, a file. Default: the latest of artifacts/<cluster>/backups")]
    readonly string? Backup;

    [Parameter("RestoreEtcd: goes back to what was there before a restore that was interrupted. Default: no")]
    readonly bool Back;

    [Parameter(
        "BackupEtcd, Upgrade, ReplaceNode: whom the backup is encrypted to, an age recipient or a file of them. Default: what kubelab.yml says")]
    readonly string? Recipient;

    [Parameter("BackupEtcd, Upgrade, ReplaceNode: writes the backup in clear, every Secret of the cluster included. Default: no")]
    readonly bool Unencrypted;

    [Parameter("The file of age's identity that decrypts backups, readable by you alone. Default: what kubelab.yml says")]
    readonly string? AgeIdentity;

    Target BackupEtcd => _ => _
        .Description("Saves etcd and what a restore needs beside it in one file, encrypted to --recipient; changes nothing on the nodes")
        .DependsOn(InstallRequirements)
        .After(LabUp)
        .Executes(() => RecordedAsync(nameof(BackupEtcd), async () =>
        {
            var started = TimeProvider.System.GetUtcNow();
            var current = await Deployment;
            BackupConsent.Require(Cluster, Unencrypted);
            var taken = await TakeBackupAsync(current);
            Conclude(JudgedBy(nameof(BackupEtcd), started, current, BackupFindings.Of(taken, Unencrypted)));
            Console.Done($"{Locator.Shown(taken.File)}: revision {taken.Manifest.Snapshot.Revision} of etcd, from {taken.Manifest.Member}");
        }));

    Target JudgeRestore => _ => _
        .Unlisted()
        .Before(FetchDistribution)
        .Executes(() => RecordedAsync(nameof(JudgeRestore), () =>
        {
            RefusedLimit.Require(nameof(RestoreEtcd), Limit, "every member of etcd takes part");
            ResetConsent.Require(
                Cluster, Confirm, IsServerBuild, nameof(RestoreEtcd),
                $"what the cluster {Cluster.Name} has come to since the backup");
            return Task.CompletedTask;
        }));

    Target RestoreEtcd => _ => _
        .Description("Brings a backup of etcd back to all its members (--backup); needs --confirm <cluster name>; --back undoes it")
        .DependsOn(JudgeRestore, InstallRequirements)
        .After(LabUp)
        .Triggers(SmokeTest)
        .Executes(() => RecordedAsync(nameof(RestoreEtcd), async () =>
        {
            var started = TimeProvider.System.GetUtcNow();
            TakeLock();
            var current = await Deployment;
            await using var held = await TakeNodeLockAsync(current);
            (await EtcdKindAsync(current)).RequireOwn("restores");
            Ledger.Forget(nameof(InstallCluster));
            var restore = new EtcdRestore(
                Streams, Commands, await BackupSourceAsync(current), TimeProvider.System, step => Console.Info($"  {step}"));
            if (Back)
            {
                await restore.GoBackAsync(Interruption);
                Console.Done("etcd is what it was before the restore.");
                return;
            }

            var report = await restore.RunAsync(EtcdRestore.Find(Cluster, Backup), Interruption);
            Recorder.Record.Write(RestoreReport.FileName, RecordJson.Write(report));
            var now = TimeProvider.System.GetUtcNow();
            foreach (var sentence in report.Sentences(now))
                Console.Info(sentence);
            Conclude(JudgedBy(nameof(RestoreEtcd), started, current, report.Findings(now)));
        }));

    Target DrillRestore => _ => _
        .Description("Proves a backup of etcd (--backup): etcd and an API server start from it, apart from all else, on a control plane; then all is gone")
        .DependsOn(InstallRequirements)
        .After(LabUp, BackupEtcd)
        .Executes(() => RecordedAsync(nameof(DrillRestore), async () =>
        {
            var started = TimeProvider.System.GetUtcNow();
            var current = await Deployment;
            (await EtcdKindAsync(current)).RequireOwn("drills the restore of");
            var drill = new EtcdDrill(
                Streams, Commands, await BackupSourceAsync(current), TimeProvider.System, step => Console.Info($"  {step}"));
            var report = await drill.RunAsync(EtcdRestore.Find(Cluster, Backup), Interruption);
            Recorder.Record.Write(DrillReport.FileName, RecordJson.Write(report));
            Conclude(JudgedBy(nameof(DrillRestore), started, current, report.Findings(TimeProvider.System.GetUtcNow())));
            Console.Done($"{Locator.Shown(report.File)}: an API server on {report.Node} has read it, in {report.Seconds} s.");
        }));

    // A change that has no way back but a backup takes one, where it is said how that is written.
    async Task BackUpBeforeAsync(string target, Deployment current)
    {
        if (Cluster.Settings.Backup.Recipient is null && !Unencrypted)
        {
            Console.Warning(
                $"{target} takes no backup of etcd, as no recipient is given that it could be encrypted to: --recipient, or backup.recipient in kubelab.yml (docs/etcd-backup.md).");
            return;
        }

        BackupConsent.Require(Cluster, Unencrypted);
        var taken = await TakeBackupAsync(current);
        Console.Done($"{Locator.Shown(taken.File)}: what etcd held before {target}, revision {taken.Manifest.Snapshot.Revision}");
    }

    async Task<BackupSource> BackupSourceAsync(Deployment current) => new(
        Cluster, current.Inventory, current.Distribution.Name, current.Distribution.Commit, current.ConfiguredKubernetes,
        EtcdPlaces.Of(await ResolvedAsync(current, EtcdPlaces.Variables)));

    async Task<TakenBackup> TakeBackupAsync(Deployment current)
    {
        (await EtcdKindAsync(current)).RequireOwn("saves");
        if (Cluster.Settings.Backup.Recipient is not null && Which.Find("age") is null && Packages.CanInstall([]))
            await Packages.InstallAsync(["age"], "it encrypts the backup", Interruption);
        var source = await BackupSourceAsync(current);
        var taken = await Console.WatchAsync(
            "Taking a snapshot of etcd", new EtcdBackup(Streams, Commands, TimeProvider.System).TakeAsync(source, Interruption));
        Recorder.Record.Write(BackupManifest.RecordName, RecordJson.Write(taken.Manifest));
        return taken;
    }

    NodeStreams Streams => new(new OpenSshShell(SshOptions, Commands), Commands, Become);
}
