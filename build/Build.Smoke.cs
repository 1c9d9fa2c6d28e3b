using KubeLab.Ansible;
using KubeLab.Kubernetes;
using KubeLab.Lifecycle;
using KubeLab.Runs;
using KubeLab.Smoke;
using KubeLab.Ssh;
using Nuke.Common;

// Does the cluster work?
sealed partial class Build
{
    [Parameter(
        "How deep the smoke test goes: 0 reads only, 1 also runs pods in a namespace, 2 also disturbs the nodes. Default: 1")]
    readonly int Tier = 1;

    // A control plane that has just been started needs a minute or two until its probes are through.
    const string WaitAfterInstallation = "3m";

    [Parameter(
        "How long the smoke test waits for the cluster to settle, as 10m. Default: 3m after InstallCluster, else not at all")]
    readonly string? Wait;

    [Parameter("How many times in a row the reading checks have to pass. Default: 1")]
    readonly int Count = 1;

    [Parameter("The image of the smoke test's pods: a busybox. Default: what kubelab.yml says, else the public one")]
    readonly string? SmokeImage;

    Target SmokeTest => _ => _
        .Description("Proves that the cluster works; alone, it tests the cluster that is there")
        .DependsOn(FetchKubeconfig)
        .After(InstallCluster)
        .Executes(() => RecordedAsync(nameof(SmokeTest), async () =>
        {
            // Until there is a report, whatever goes wrong means that the test could not be run.
            ExitCode = SmokeReport.CouldNotRunExitCode;
            if (Tier >= 2)
            {
                ResetConsent.Require(
                    Cluster, Confirm, IsServerBuild, "SmokeTest --tier 2", $"the nodes of the cluster {Cluster.Name}", "disturb");
                TakeLock();
            }

            var expected = TestsKubeconfigAlone ? SmokeExpectations.None : Expectations(await Deployment);
            var runner = new SmokeRunner(await KubectlAsync(), Console, TimeProvider.System)
            { Etcd = await EtcdAsync(), EtcdMetrics = await EtcdMetricsAsync(), Nodes = await SmokeNodesAsync() };
            var report = await runner.RunAsync(
                SmokeOptions with { Disturbed = await DisturbedAsync() }, expected, Interruption);
            Recorder.Record.Write(SmokeReport.FileName, RecordJson.Write(report));
            Summarize(PreflightRecord.SoFar, report);
            new SmokeTable(Console).Show(report);
            ExitCode = report.ExitCode == 0 ? null : report.ExitCode;
            if (report.ExitCode != 0)
                throw new UserError(report.Verdict);
        }));

    // Somebody's kubeconfig and no inventory: nothing is compared, and neither Ansible nor a node is needed.
    bool TestsKubeconfigAlone => Kubeconfig is not null
        && InvokedTargets.All(target => target.Name == nameof(SmokeTest))
        && SettingOrigin.Of(nameof(Inventory), Environment.GetCommandLineArgs(), Environment.GetEnvironmentVariables()) is null;

    SmokeOptions SmokeOptions => new()
    {
        Tier = Tier,
        Checks = CheckChoice.Only(CheckCatalog.Ids<ISmokeCheck>()),
        SkipChecks = [.. CheckChoice.Except(CheckCatalog.Ids<ISmokeCheck>()), .. Cluster.Settings.Smoke.Skip],
        Wait = (Wait ?? (HasChangedCluster ? WaitAfterInstallation : null)) is { } wait
            ? Durations.Parse(wait, "--wait")
            : TimeSpan.Zero,
        Count = Count,
        Settings = BundledSmokeImage is { } image ? Cluster.Settings.Smoke with { Image = image } : Cluster.Settings.Smoke,
    };

    NodeBecome Become => new(Cluster.Settings.Become);

    async Task<IKubectl> KubectlAsync()
    {
        var kubeconfig = Kubeconfig is { } given ? Path.GetFullPath(given) : Cluster.KubeconfigFile;
        Secrets.Add(SecretSources.OfKubeconfig(kubeconfig));
        var folders = new[] { Path.Combine(Cluster.Directory, "artifacts"), Path.GetDirectoryName(kubeconfig)! };
        // A control plane's kubectl has that node's own kubeconfig and none that was named here.
        Func<IKubectl>? remote = Kubeconfig is null && await Deployment is { Inventory.ControlPlane: [var first, ..] } current
            ? () => new NodeKubectl(Shell, first, Become, current.Distribution.KubeconfigOnNode)
            : null;
        return new KubectlFinder(Commands).Find(folders, kubeconfig, remote);
    }

    // Only where the nodes are those that the kubeconfig is about.
    async Task<IEtcdClient?> EtcdAsync() =>
        TestsKubeconfigAlone || (await Deployment).Inventory.EtcdMembers is not { Count: > 0 } members
            ? null
            : new NodeEtcd(Shell, members, Become);

    async Task<IEtcdMetrics?> EtcdMetricsAsync() =>
        TestsKubeconfigAlone || (await Deployment).Inventory.EtcdMembers is not { Count: > 0 } members
            ? null
            : new NodeEtcdMetrics(Shell, members, Become);

    async Task<SmokeNodes?> SmokeNodesAsync() =>
        TestsKubeconfigAlone ? null : new SmokeNodes(Shell, Become, (await Deployment).Inventory);

    // A limit holds for what is disturbed, too.
    async Task<IReadOnlyList<string>?> DisturbedAsync() => TestsKubeconfigAlone || Tier < 2 || Limit is null ? null
        : await new HostLimit(Commands, (await Deployment).Ansible).HostsAsync(Limit, Interruption);

    static SmokeExpectations Expectations(Deployment current) =>
        SmokeExpectations.Of(current.Inventory, current.Kubernetes.Version);
}
