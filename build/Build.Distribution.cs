using KubeLab.Distributions;
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

    Target Versions => _ => _
        .Description(
            "Lists the Kubespray releases that the remote offers, with their Kubernetes and Ansible, beside the pinned one")
        .Executes(() => CleanAsync(async () =>
        {
            var offered = await new OfferedVersions(Commands, Console, CachePath).ListAsync(
                Cluster.Settings.Kubespray.Url, Interruption);
            new VersionsTable(Console, Fetcher).Show(offered, Cluster.Settings.Kubespray);
        }));

    Target InstallRequirements => _ => _
        .Description("Installs an Ansible that fits the distribution, with roles and collections, and proves that nothing is missing")
        .DependsOn(FetchDistribution)
        .Executes(() => RecordedAsync(nameof(InstallRequirements), async () =>
        {
            await Installer.RequireAsync(await InstalledAnsible, await FetchedDistribution, Interruption);
            await TakeFingerprintAsync();
        }));

    Target LockToolchain => _ => _
        .Description("Holds the release's Ansible, roles and collections to hashes, in the cluster's folder")
        .DependsOn(FetchDistribution)
        .Executes(() => RecordedAsync(nameof(LockToolchain), async () =>
            await Installer.LockAsync(await FetchedDistribution, Cluster, Interruption)));
}
