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
        yield return Previewed(nameof(FetchDistribution));
        yield return Previewed(nameof(InstallRequirements));
        yield return Previewed(nameof(ValidateInventory));
        if (UsesLab)
            yield return Previewed(nameof(LabUp));
        yield return Previewed(nameof(ValidateNodes));
        yield return Previewed(nameof(InstallCluster));
        yield return Previewed(nameof(FetchKubeconfig));
        yield return Previewed(nameof(SmokeTest));
    }

    (string Target, LedgerVerdict Verdict) Previewed(string target)
    {
        var verdict = Judged(target);
        return (target, Resume || AlwaysRun.ContainsKey(target) || (IsServerBuild && target == nameof(ValidateInventory))
            ? verdict
            : new LedgerVerdict(false, $"--resume is not given; with it: {(verdict.MaySkip ? "left out" : "run")}, as {verdict.Reason}"));
    }
}
