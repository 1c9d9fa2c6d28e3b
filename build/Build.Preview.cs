using KubeLab.Ansible;
using KubeLab.Runs;
using Nuke.Common;

// What Deploy would do, without doing it.
sealed partial class Build
{
    Target Preview => _ => _
        .Description("Shows what Deploy would do, without doing it: targets, hosts, tasks by role, and Ansible's command line")
        .DependsOn(InstallRequirements)
        .Executes(async () =>
        {
            var listing = await (await InstallationAsync()).ListAsync(PlaybookOptions, RetryFailed, Interruption);
            new DeploymentPreview(Console).Show([.. PreviewedTargets()], listing);
        });

    IEnumerable<(string Target, LedgerVerdict Verdict)> PreviewedTargets()
    {
        var always = new LedgerVerdict(false, "it is always run, and costs nothing where nothing is to do");
        var looks = new LedgerVerdict(false, "it looks at what is there now, and is never left out");
        yield return (nameof(FetchDistribution), always);
        yield return (nameof(InstallRequirements), always);
        yield return (nameof(ValidateInventory), Resume && !IsServerBuild ? Judged(nameof(ValidateInventory)) : Unasked(nameof(ValidateInventory)));
        if (UsesLab)
            yield return (nameof(LabUp), always);
        yield return (nameof(ValidateNodes), looks);
        yield return (nameof(InstallCluster), Resume ? Judged(nameof(InstallCluster)) : Unasked(nameof(InstallCluster)));
        yield return (nameof(FetchKubeconfig), always);
        yield return (nameof(SmokeTest), looks);
    }

    LedgerVerdict Judged(string target) => Ledger.Judge(target, fingerprint!);

    LedgerVerdict Unasked(string target) => IsServerBuild && target == nameof(ValidateInventory)
        ? new LedgerVerdict(false, "on CI validation is never left out")
        : new LedgerVerdict(false, $"--resume is not given; with it: {(Judged(target) is { MaySkip: true } ? "left out" : "run")}, as {Judged(target).Reason}");
}
