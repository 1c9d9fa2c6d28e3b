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
            var listing = await Installation(await Deployment).ListAsync(PlaybookOptions, RetryFailed, Interruption);
            var steps = DeploySteps.Select(step => step.Target).Where(target => UsesLab || target != nameof(LabUp));
            new DeploymentPreview(Console).Show([.. steps.Select(target => (target, Resumption.Preview(target)))], listing);
        });
}
