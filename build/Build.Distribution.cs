using Nuke.Common;

// What has to be there before a node is looked at: the distribution and an Ansible that fits it.
sealed partial class Build
{
    Target FetchDistribution => _ => _
        .Description("Brings the distribution: Kubespray at the pinned version, a local checkout, or the lab's own")
        .Executes(() => RecordedAsync(nameof(FetchDistribution), async () =>
        {
            var distribution = await FetchedDistribution;
            Console.Done($"{distribution.Name}: {distribution.Directory}");
        }));

    Target InstallRequirements => _ => _
        .Description("Installs an Ansible that fits the distribution, and the roles and collections that it asks for")
        .DependsOn(FetchDistribution)
        .Executes(() => RecordedAsync(nameof(InstallRequirements), TakeFingerprintAsync));
}
