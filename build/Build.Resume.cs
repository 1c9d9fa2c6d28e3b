using KubeLab.Ansible;
using KubeLab.Runs;
using Nuke.Common;
using Nuke.Common.Execution;
using Serilog;

// The way back in after a failure: what succeeded before and has read nothing that changed since need not run again.
sealed partial class Build
{
    [Parameter(
        "Goes on where the last run failed: leaves out what succeeded and has read nothing that changed since. Default: no")]
    readonly bool Resume;

    Resumption Resumption => field ??= new Resumption(Ledger, [.. DeploySteps.Select(OnThisMachine)], Resume, Console);

    DeployStep OnThisMachine(DeployStep step) => IsServerBuild && step.Target == nameof(ValidateInventory)
        ? step with { AlwaysRuns = "on CI validation is never left out" }
        : step;

    Ledger Ledger => new(Cluster, TimeProvider.System);

    bool InventoryIsUnproven => Resumption.IsUnproven(nameof(ValidateInventory));

    bool ClusterIsUnproven => Resumption.IsUnproven(nameof(InstallCluster));

    // What Deploy would do, without doing it.
    Target Preview => _ => _
        .Description("Shows what Deploy would do, without doing it: targets, hosts, tasks by role, and Ansible's command line")
        .DependsOn(InstallRequirements)
        .Executes(() => CleanAsync(async () =>
        {
            var listing = await Installation(await Deployment).ListAsync(PlaybookOptions, RetryFailed, Interruption);
            var steps = DeploySteps.Select(step => step.Target)
                .Where(target => UsesLab || target != nameof(LabUp))
                .Where(target => DownloadsFromBundle || target != nameof(UseBundle));
            new DeploymentPreview(Console).Show([.. steps.Select(target => (target, Resumption.Preview(target)))], listing);
        }));

    protected override void OnTargetRunning(string target)
    {
        try
        {
            Begin(target);
        }
        catch (Exception exception)
        {
            FailBeforeItRan(target, exception);
            throw new UserError($"{target} could not begin.", null, exception);
        }
    }

    // NUKE takes this for no failure of the target, which would be called aborted, and nothing would say why.
    void FailBeforeItRan(string name, Exception exception)
    {
        Recorder.Fail(name, exception);
        var target = ExecutionPlan.Single(target => target.Name == name);
        target.Status = ExecutionStatus.Failed;
        target.SummaryInformation[exception.GetType().Name] = Secrets.Inert(exception.Message).Split('\n')[0];
        Log.Error(
            exception is UserError ? null : exception,
            "{Target:l} could not begin: {Reason:l}", name, Secrets.Inert(exception.Message));
    }

    void Begin(string target)
    {
        Recorder.Begin(target);
        if (!IsDeployStep(target))
            return;
        Recorder.RequireWritable();
        Resumption.Start(target);
    }

    protected override void OnTargetSucceeded(string target)
    {
        if (target == nameof(InstallCluster) && !InstallsEverything)
            Ledger.Forget(target);
        else if (IsDeployStep(target))
            Resumption.End(target, LedgerOutcome.Succeeded);
    }

    protected override void OnTargetFailed(string target)
    {
        if (IsDeployStep(target))
            Resumption.End(target, Interruption.IsCancellationRequested ? LedgerOutcome.Interrupted : LedgerOutcome.Failed);
    }

    static bool IsDeployStep(string target) => DeploySteps.Any(step => step.Target == target);

    async Task TakeFingerprintAsync()
    {
        var toolchain = (await Ansible).Toolchain;
        Resumption.Take(Fingerprint.Of(
            Cluster, await FetchedDistribution, $"{toolchain.Version} {toolchain.Directory}",
            typeof(Build).Assembly.ManifestModule.ModuleVersionId.ToString(), ExtraVariables.Read(OverridingVariables)));
    }
}
