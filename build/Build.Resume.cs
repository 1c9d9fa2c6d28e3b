using KubeLab.Ansible;
using KubeLab.Runs;
using Nuke.Common;
using Nuke.Common.Execution;
using Serilog;

// The way back in after a failure: what succeeded before and has read nothing that changed since need not run again.
sealed partial class Build
{
    // Never left out by --resume; and on CI, neither is ValidateInventory.
    static readonly Dictionary<string, string> AlwaysRun = new(StringComparer.Ordinal)
    {
        [nameof(FetchDistribution)] = "it is never left out, and costs nothing where nothing is to do",
        [nameof(InstallRequirements)] = "it is never left out, and costs nothing where nothing is to do",
        [nameof(LabUp)] = "it is never left out, and costs nothing where nothing is to do",
        [nameof(ValidateNodes)] = "it looks at what is there now, and is never left out",
        [nameof(FetchKubeconfig)] = "it is never left out, and costs nothing where nothing is to do",
        [nameof(SmokeTest)] = "it looks at what is there now, and is never left out",
    };

    [Parameter("Goes on where the last run failed: leaves out what succeeded and has read nothing that changed since. Default: no")]
    readonly bool Resume;

    static readonly IReadOnlyDictionary<string, string> NothingRead = new Dictionary<string, string>(StringComparer.Ordinal);

    // What came before it was known what the targets read.
    readonly Dictionary<string, string> earlyOutcomes = new(StringComparer.Ordinal);

    IReadOnlyDictionary<string, string>? fingerprint;
    bool hasBegunToInstall;

    Ledger Ledger => field ??= new Ledger(Cluster, TimeProvider.System);

    bool InventoryIsUnproven => !Resume || IsUnproven(nameof(ValidateInventory));

    bool ClusterIsUnproven => !Resume || IsUnproven(nameof(InstallCluster));

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
        Journal.Fail(name, exception);
        var target = ExecutionPlan.Single(target => target.Name == name);
        target.Status = ExecutionStatus.Failed;
        target.SummaryInformation[exception.GetType().Name] = exception.Message.ReplaceLineEndings("\n").Split('\n')[0];
        Log.Error(
            exception is UserError ? null : exception, "{Target:l} could not begin: {Reason:l}", name, Secrets.Mask(exception.Message));
    }

    void Begin(string target)
    {
        Journal.Begin(target);
        if (IsNoted(target))
            RequireWritable();
        if (Resume && AlwaysRun.ContainsKey(target))
            Console.Info($"{target}: runs again, as {Judged(target).Reason}");
        if (target != nameof(InstallCluster))
            NoteInLedger(target, LedgerOutcome.Begun);
    }

    protected override void OnTargetSucceeded(string target)
    {
        if (target == nameof(InstallCluster) && !InstallsEverything)
            Ledger.Forget(target);
        else
            NoteInLedger(target, LedgerOutcome.Succeeded);
    }

    protected override void OnTargetFailed(string target)
    {
        if (target != nameof(InstallCluster) || hasBegunToInstall)
            NoteInLedger(target, interruption.IsCancellationRequested ? LedgerOutcome.Interrupted : LedgerOutcome.Failed);
    }

    // Only once the locks are held: a run that is refused them has changed nothing, and what is proven stays proven.
    async Task BeginToInstallAsync()
    {
        if (fingerprint is null)
            await TakeFingerprintAsync();
        hasBegunToInstall = true;
        NoteInLedger(nameof(InstallCluster), LedgerOutcome.Begun);
    }

    static bool IsNoted(string target) => AlwaysRun.ContainsKey(target) || target is nameof(ValidateInventory) or nameof(InstallCluster);

    void NoteInLedger(string target, string outcome)
    {
        if (!IsNoted(target))
            return;
        if (fingerprint is not null)
        {
            Ledger.Note(target, fingerprint, outcome);
        }
        else if (AlwaysRun.ContainsKey(target))
        {
            Ledger.Note(target, NothingRead, outcome);
            earlyOutcomes[target] = outcome;
        }
        else
        {
            // What is looked at later proves nothing for it.
            Ledger.Forget(target);
        }
    }

    // What is said here is why a target runs again, or why it need not.
    bool IsUnproven(string target)
    {
        var verdict = Judged(target);
        Console.Info($"{target}: {(verdict.MaySkip ? "left out" : "runs again")}, as {verdict.Reason}");
        return !verdict.MaySkip;
    }

    LedgerVerdict Judged(string target)
    {
        if (IsServerBuild && target == nameof(ValidateInventory))
            return new LedgerVerdict(false, "on CI validation is never left out");
        var isAlwaysRun = AlwaysRun.TryGetValue(target, out var reason);
        if (fingerprint is null && !isAlwaysRun)
            return new LedgerVerdict(false, "what it reads was not looked at");
        var verdict = Ledger.Judge(target, fingerprint ?? NothingRead);
        if (!isAlwaysRun)
            return verdict;
        return new LedgerVerdict(false, verdict.MaySkip || verdict == LedgerVerdict.Unknown ? reason! : $"{verdict.Reason}; {reason}");
    }

    async Task TakeFingerprintAsync()
    {
        var ansible = await Toolchain;
        fingerprint = Fingerprint.Of(
            Cluster, await FetchedDistribution, $"{ansible.Version} {ansible.Directory}",
            typeof(Build).Assembly.ManifestModule.ModuleVersionId.ToString(), ExtraVariables.Read(ExtraVars));
        foreach (var (target, outcome) in earlyOutcomes)
            Ledger.Note(target, fingerprint, outcome);
    }
}
