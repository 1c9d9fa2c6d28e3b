using KubeLab.Ansible;
using KubeLab.Lifecycle;
using KubeLab.Status;
using Nuke.Common;

// Is the cluster still what was deployed?
sealed partial class Build
{
    Target Status => _ => _
        .Description("Compares the cluster with what was asked for, and says what a Deploy would change; reads only; exit code 3: drift, 2: broken")
        .DependsOn(InstallRequirements)
        .Executes(() => RecordedAsync(nameof(Status), async () =>
        {
            // Until there is a report, nothing is known to be well.
            ExitCode = StatusReport.BrokenExitCode;
            var started = TimeProvider.System.GetUtcNow();
            var current = await Deployment;
            var rehearsal = Rehearsal(current);
            var reader = new StatusReader(current, Shell, SshOptions, Commands, rehearsal, Console, TimeProvider.System)
            {
                Kubectl = KubectlAsync,
                Etcd = await EtcdAsync(),
                Mask = Secrets.Mask,
                LastBackup = BackupStore.All(BackupStore.FolderOf(Cluster)).Max(BackupStore.TakenAt),
            };
            var scene = await Console.WatchAsync("Comparing the cluster with what was asked for", reader.ReadAsync(Interruption));
            var findings = await StatusChecks.RunAsync(scene, cancellationToken: Interruption);
            var report = StatusReport.Of(Cluster.Name, scene).With(Secrets.Mask);
            Recorder.Record.Write(StatusReport.FileName, RecordJson.Write(report));
            new StatusTable(Console).Show(report);
            ExitCode = StatusReport.ExitCode(findings) is > 0 and var code ? code : null;
            Conclude(JudgedBy(nameof(Status), started, current, findings));
            if (ExitCode is not null)
                throw new UserError(StatusReport.Verdict(findings));
            Console.Done(StatusReport.Verdict(findings));
        }));
}
