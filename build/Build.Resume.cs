using KubeLab.Ansible;
using KubeLab.Runs;
using Nuke.Common;

// The way back in after a failure: what succeeded before and has read nothing that changed since need not run again.
sealed partial class Build
{
    // Validation on CI is never left out, and neither is the smoke test anywhere: both look at what is there now.
    static readonly string[] Resumable = [nameof(ValidateInventory), nameof(InstallCluster)];

    [Parameter("Goes on where the last run failed: leaves out what succeeded and has read nothing that changed since. Default: no")]
    readonly bool Resume;

    IReadOnlyDictionary<string, string>? fingerprint;

    Ledger Ledger => field ??= new Ledger(Cluster, TimeProvider.System);

    bool InventoryIsUnproven => !Resume || IsServerBuild || IsUnproven(nameof(ValidateInventory));

    bool ClusterIsUnproven => !Resume || IsUnproven(nameof(InstallCluster));

    protected override void OnTargetRunning(string target)
    {
        Journal.Begin(target);
        if (!Resumable.Contains(target))
            return;
        ArtifactsFolder.RequireWritable(Cluster);
        Ledger.Forget(target);
    }

    protected override void OnTargetSucceeded(string target)
    {
        if (fingerprint is not null && Resumable.Contains(target) && (target != nameof(InstallCluster) || InstallsEverything))
            Ledger.Succeeded(target, fingerprint);
    }

    // What is said here is why a target runs again, or why it need not.
    bool IsUnproven(string target)
    {
        if (fingerprint is null)
            return true;
        var verdict = Ledger.Judge(target, fingerprint);
        Console.Info($"{target}: {(verdict.MaySkip ? "left out" : "runs again")}, as {verdict.Reason}");
        return !verdict.MaySkip;
    }

    async Task TakeFingerprintAsync()
    {
        var ansible = await Toolchain;
        fingerprint = Fingerprint.Of(
            Cluster, await FetchedDistribution, $"{ansible.Version} {ansible.Directory}",
            typeof(Build).Assembly.ManifestModule.ModuleVersionId.ToString(), ExtraVariables.Read(ExtraVars));
    }
}
