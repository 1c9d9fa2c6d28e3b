using KubeLab.Ansible;
using KubeLab.Kubernetes;
using KubeLab.Runs;
using Nuke.Common;

// The playbook, and the kubeconfig that it leaves.
sealed partial class Build
{
    bool hasInstalled;

    Target InstallCluster => _ => _
        .Description("Runs the distribution's cluster.yml")
        .DependsOn(ValidateNodes)
        .OnlyWhenDynamic(() => ClusterIsUnproven)
        .Executes(() => RecordedAsync(nameof(InstallCluster), async () =>
        {
            TakeLock();
            await using var held = await TakeNodeLockAsync();
            await BeginToInstallAsync();
            await (await InstallationAsync()).RunAsync(PlaybookOptions, RetryFailed, Interruption);
            hasInstalled = true;
        }));

    Target FetchKubeconfig => _ => _
        .Description("Writes artifacts/<cluster>/admin.conf, readable by you alone")
        .DependsOn(InstallRequirements)
        .After(InstallCluster)
        .OnlyWhenStatic(() => Kubeconfig == null)
        .Executes(() => RecordedAsync(nameof(FetchKubeconfig), BringKubeconfigAsync));

    async Task BringKubeconfigAsync() => await new KubeconfigFetcher(Shell, Become, (await FetchedDistribution).KubeconfigOnNode, Console).FetchAsync(Cluster, await ReadInventory, Interruption);

    PlaybookOptions PlaybookOptions => new() { Limit = Limit, Tags = Tags, SkipTags = SkipTags, StartAtTask = StartAtTask, ExtraVariables = ExtraVars };

    // What ran on some nodes or with some tasks alone proves nothing for the next run.
    bool InstallsEverything => !PlaybookOptions.IsPartial && !RetryFailed;

    async Task<ClusterInstallation> InstallationAsync() => new(await ClusterPlaybookAsync(), Cluster, await ReadInventory, Console);

    async Task<ClusterPlaybook> ClusterPlaybookAsync() => new(
        await PlaybookAsync(),
        new HostLimit(Commands, await Toolchain, await AnsibleEnvironmentAsync(), await FetchedDistribution, Cluster),
        await FetchedDistribution, await ReadInventory, Console);

    // Two control machines exclude each other through the first control plane node.
    async Task<NodeLock?> TakeNodeLockAsync() => (await ReadInventory).ControlPlane is [var first, ..]
        ? await NodeLock.TakeAsync(Shell, first, Cluster, Console, TimeProvider.System, cancellationToken: Interruption)
        : null;
}
