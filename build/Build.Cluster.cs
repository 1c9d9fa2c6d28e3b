using KubeLab.Ansible;
using KubeLab.Diagnosis;
using KubeLab.Kubernetes;
using KubeLab.Runs;
using KubeLab.Ssh;
using Nuke.Common;

// The playbook, and the kubeconfig that it leaves.
sealed partial class Build
{
    Target InstallCluster => _ => _
        .Description("Runs the distribution's cluster.yml")
        .DependsOn(ValidateNodes)
        .OnlyWhenDynamic(() => ClusterIsUnproven)
        .Executes(() => RecordedAsync(nameof(InstallCluster), async () =>
        {
            TakeLock();
            var current = await Deployment;
            RequireSettled(nameof(InstallCluster), current);
            await using var held = await TakeNodeLockAsync(current);
            if (!Resumption.KnowsWhatIsRead)
                await TakeFingerprintAsync();
            Resumption.Begin(nameof(InstallCluster));
            await Installation(current).RunAsync(PlaybookOptions, RetryFailed, Interruption);
        }));

    Target FetchKubeconfig => _ => _
        .Description("Writes artifacts/<cluster>/admin.conf, readable by you alone")
        .DependsOn(InstallRequirements)
        .After(InstallCluster)
        .OnlyWhenStatic(() => Kubeconfig == null)
        .Executes(() => RecordedAsync(nameof(FetchKubeconfig), BringKubeconfigAsync));

    async Task BringKubeconfigAsync()
    {
        var current = await Deployment;
        var fetcher = new KubeconfigFetcher(Shell, Become, current.Distribution.KubeconfigOnNode, Console);
        await fetcher.FetchAsync(Cluster, current.Inventory, Interruption);
    }

    PlaybookOptions PlaybookOptions =>
        new()
        {
            Limit = Limit,
            Tags = Tags,
            SkipTags = SkipTags,
            StartAtTask = StartAtTask,
            ExtraVariables = OverridingVariables,
        };

    // What ran on some nodes or with some tasks alone proves nothing for the next run.
    bool InstallsEverything => !PlaybookOptions.IsPartial && !RetryFailed;

    ClusterInstallation Installation(Deployment current) => new(Playbook(current), current, Console);

    ClusterPlaybook Playbook(Deployment current) => new(
        new PlaybookRunner(Commands, Console, Views, Explainer(current), current.Ansible, Recorder.Record),
        new HostLimit(Commands, current.Ansible), current, Console);

    PlaybookViews Views => new(Console, TimeProvider.System, Verbosity == Verbosity.Verbose);

    FailureExplainer Explainer(Deployment current) => new(
        new SignatureMatcher(SignatureCatalog.Load(), current.Distribution.Directory, ResumeCommand),
        new NodeLogs(Shell, Become), Console, Recorder.Record,
        new DownloadLookup(new DownloadResolver(Commands, current.Ansible), Shell, Become),
        places: new VariablePlaces(current.Variables, current.Inventory));

    // Held until the process ends: what changes a cluster runs alone.
    void TakeLock() => clusterLock ??= ClusterLock.Take(Cluster, TimeProvider.System);

    // Two control machines exclude each other through the first control plane node.
    async Task<NodeLock?> TakeNodeLockAsync(Deployment current)
    {
        // Validation may have been left out, and Ansible would follow whoever answers.
        await new HostKeyGuard(SshOptions, Commands).RequireAsync(
            current.Inventory.Nodes.Concat(current.Inventory.Others), Interruption);
        return current.Inventory.ControlPlane is [var first, ..]
            ? await NodeLock.TakeAsync(Shell, first, Cluster, Console, TimeProvider.System, cancellationToken: Interruption)
            : null;
    }
}
