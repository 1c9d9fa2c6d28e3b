using KubeLab.Ansible;
using KubeLab.Lifecycle;
using KubeLab.Ssh;
using Nuke.Common;

// What a cluster holds, saved and brought back.
sealed partial class Build
{
    static Group OptionsOfBackups => new(
        "Backups of etcd", [nameof(Recipient), nameof(Unencrypted), nameof(AgeIdentity)]);

    [Parameter(
        "BackupEtcd, Upgrade: whom the backup is encrypted to, an age recipient or a file of them. Default: what kubelab.yml says")]
    readonly string? Recipient;

    [Parameter("BackupEtcd, Upgrade: writes the backup in clear, every Secret of the cluster included. Default: no")]
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

    async Task<TakenBackup> TakeBackupAsync(Deployment current)
    {
        (await EtcdKindAsync(current)).RequireOwn("saves");
        if (Cluster.Settings.Backup.Recipient is not null && Which.Find("age") is null && Packages.CanInstall([]))
            await Packages.InstallAsync(["age"], "it encrypts the backup", Interruption);
        var places = EtcdPlaces.Of(await ResolvedAsync(current, EtcdPlaces.Variables));
        var source = new BackupSource(
            Cluster, current.Inventory, current.Distribution.Name, current.Distribution.Commit, current.ConfiguredKubernetes,
            places);
        var taken = await Console.WatchAsync(
            "Taking a snapshot of etcd", new EtcdBackup(Streams, Commands, TimeProvider.System).TakeAsync(source, Interruption));
        Recorder.Record.Write(BackupManifest.RecordName, RecordJson.Write(taken.Manifest));
        return taken;
    }

    NodeStreams Streams => new(new OpenSshShell(SshOptions, Commands), Commands, Become);
}
