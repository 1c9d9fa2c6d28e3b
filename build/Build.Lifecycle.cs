using KubeLab.Ansible;
using KubeLab.Distributions;
using KubeLab.Kubernetes;
using KubeLab.Lifecycle;
using KubeLab.Runs;
using KubeLab.Variables;
using Nuke.Common;
using Nuke.Common.Execution;

// What comes after the installation: each with the same preflight before it, and the smoke test after it.
sealed partial class Build
{
    // As the help lists them.
    static Group AfterIt => new(
        "After it",
        [
            nameof(Scale), nameof(RemoveNode), nameof(ReplaceNode), nameof(UpgradePlan), nameof(Upgrade), nameof(BackupEtcd),
            nameof(RestoreEtcd), nameof(DrillRestore), nameof(RecoverControlPlane), nameof(RenewCertificates), nameof(Reset),
            nameof(LabDown),
        ]);

    static Group OptionsAfterIt => new(
        "A cluster that is there",
        [
            nameof(To), nameof(KubernetesVersion), nameof(Node), nameof(NodeIsGone), nameof(By), nameof(EtcdCertificates),
            nameof(Confirm),
        ]);

    [Parameter("RemoveNode, ReplaceNode, PrepareNodes, Ssh: the node that is meant; several with commas between them. Default: none, or all",
        Separator = ",")]
    readonly string[] Node = [];

    [Parameter("RemoveNode, ReplaceNode: the machine doesn't answer any more, so nothing is taken off it. Default: no")]
    readonly bool NodeIsGone;

    [Parameter("Reset, RestoreEtcd, ReplaceNode, SmokeTest --tier 2: the name of the cluster, to say that it is meant")]
    readonly string? Confirm;

    [Parameter("UpgradePlan: the Kubespray release to go to, as v2.31.0, or a branch or commit. Default: the newest release")]
    readonly string? To;

    [Parameter("Upgrade, UpgradePlan: the Kubernetes to go to. Default: kube_version of the inventory, else the distribution's own")]
    readonly string? KubernetesVersion;

    Target Scale => _ => _
        .Description("Adds the workers that the inventory has and the cluster lacks")
        .DependsOn(ValidateNodes)
        .Triggers(SmokeTest)
        .Executes(() => ChangeClusterAsync(
            nameof(Scale), playbooks => playbooks.Scale, "adds workers", _ => Task.FromResult(PlaybookOptions)));

    Target JudgeDeparture => _ => Judging(_).Executes(() => RecordedAsync(nameof(JudgeDeparture), () => Departure));

    Target RemoveNode => _ => _
        .Description("Takes a node out of the cluster (--node); refuses what the cluster would not outlive")
        .DependsOn(JudgeDeparture, ValidateNodes)
        .Triggers(SmokeTest)
        .Executes(() => CleanAsync(async () =>
        {
            await ChangeClusterAsync(nameof(RemoveNode), playbooks => playbooks.RemoveNode, "removes nodes", async playbook =>
            {
                var leaving = await Departure;
                var text = File.ReadAllText(Path.Combine((await FetchedDistribution).Directory, playbook.File));
                return PlaybookOptions with
                {
                    ForcedVariables = leaving.Answers(playbook, text),
                    Required = NodeIsGone ? [] : leaving.Names,
                    SkipTags = [.. SkipTags, .. leaving.SkipTags(text)],
                };
            }, before: async current => await LeadJoinsAwayAsync(current, (await Departure).Names));
            Console.Info($"Now take {string.Join(", ", (await Departure).Names)} out of {Locator.Shown(Cluster.InventoryFile)}.");
        }));

    Target UpgradePlan => _ => _
        .Description("Says by which steps a cluster comes to another Kubespray release (--to), and what of it each one touches")
        .DependsOn(InstallRequirements)
        .Executes(() => RecordedAsync(nameof(UpgradePlan), async () =>
        {
            var started = TimeProvider.System.GetUtcNow();
            var current = await Deployment;
            var trees = new ReleaseTrees(
                Fetcher, new OfferedVersions(Commands, Console, CachePath), Cluster.Settings.Kubespray);
            var planning = new UpgradePlanning(current, trees, new TemplateEvaluator(Commands, current.Ansible).ResolveAsync);
            var plan = await planning.MakeAsync(AskClusterAsync(current), To, KubernetesVersion, StepCommand, Interruption);
            plan = plan.With(Secrets.Mask).With(CommandsInText.Complete);
            Recorder.Record.Write(KubeLab.Lifecycle.UpgradePlan.FileName, RecordJson.Write(plan));
            Recorder.Record.Write(KubeLab.Lifecycle.UpgradePlan.ChecklistFile, plan.Checklist());
            new UpgradePlanTable(Console).Show(plan);
            Conclude(JudgedBy(nameof(UpgradePlan), started, current, [.. plan.All]));
            Console.Info($"As a checklist: {Locator.Shown(Recorder.Record.File(KubeLab.Lifecycle.UpgradePlan.ChecklistFile))}");
        }));

    // What each step is told outranks what the cluster's files say of the release and of Kubernetes.
    string StepCommand(UpgradeLeg leg)
    {
        string[] words = [
            nameof(Upgrade),
            .. Cluster.Settings.Kubespray.Path is null ? ["--kubespray-version", leg.Tag] : Array.Empty<string>(),
            .. KubesprayUrl is { } url ? ["--kubespray-url", url] : Array.Empty<string>(),
            .. KubesprayPath is { } path ? ["--kubespray-path", path] : Array.Empty<string>(),
            "--kubernetes-version", $"{leg.To}",
        ];
        var checkout = Cluster.Settings.Kubespray.Path is { } tree
            ? $"git -C {ShellWords.Quote(tree)} checkout {ShellWords.Quote(leg.Tag)} && " : "";
        return checkout + Typed(words);
    }

    async Task<LivingCluster> AskClusterAsync(Deployment current)
    {
        var kubeconfig = Path.GetFullPath(Kubeconfig ?? Cluster.KubeconfigFile);
        if (!File.Exists(kubeconfig))
            return LivingCluster.Silent(
                $"there is no kubeconfig {Locator.Shown(kubeconfig)}",
                "./build.sh FetchKubeconfig brings it, or --kubeconfig names one; then plan again.");
        try
        {
            return await LivingCluster.AskAsync(
                await KubectlAsync(),
                token => EtcdUpgrade.ReadAsync(Shell, current.Inventory.EtcdMembers, Become, token), Interruption);
        }
        catch (UserError error)
        {
            return LivingCluster.Silent(error.Problem, error.Remedy ?? "Try it by hand, and plan again.");
        }
    }

    Target JudgeUpgrade => _ => Judging(_).Executes(() => RecordedAsync(nameof(JudgeUpgrade), () => PlannedUpgrade));

    Target Upgrade => _ => _
        .Description("Goes to the Kubernetes that the inventory asks for, one minor version at a time")
        .DependsOn(JudgeUpgrade, ValidateNodes)
        .Triggers(SmokeTest)
        .Executes(() => CleanAsync(async () =>
        {
            await ChangeClusterAsync(nameof(Upgrade), playbooks => playbooks.Upgrade, "upgrades a cluster", async _ =>
            {
                var wanted = new Dictionary<string, object>() { ["kube_version"] = (await PlannedUpgrade).Version };
                await BackUpBeforeAsync(nameof(Upgrade), await Deployment);
                return PlaybookOptions with { ForcedVariables = wanted };
            }, async () => await HalfwayUpgrade.LookAsync(
                KubectlAsync, (await PlannedUpgrade).Version, Typed(Arguments), Interruption));
            if (KubesprayVersion is { } release)
                Console.Info($"Keep it: kubespray.version: {release} in the cluster's kubelab.yml, or the next Deploy goes back to what stands there.");
            if (await PlannedUpgrade is { IsConfigured: false, Version: var version })
                Console.Warning(
                    $"The inventory asks for another Kubernetes: set kube_version: {version} in its group_vars, or the next Deploy goes back to that.");
        }));

    Target JudgeReset => _ => _
        .Unlisted()
        .Before(FetchDistribution)
        .Executes(() => RecordedAsync(nameof(JudgeReset), ConsentAsync));

    Target Reset => _ => _
        .Description("Deletes all that the cluster holds and takes it off the nodes; needs --confirm <cluster name>")
        .DependsOn(JudgeReset, ValidateInventory)
        .Executes(() => CleanAsync(async () =>
        {
            await ChangeClusterAsync(nameof(Reset), playbooks => playbooks.Reset, "resets a cluster", async playbook =>
            {
                await ConsentAsync();
                return PlaybookOptions with { ForcedVariables = playbook.Answers };
            });
            File.Delete(Cluster.KubeconfigFile);
        }));

    Target JudgeRecovery => _ => Judging(_).Executes(() => RecordedAsync(nameof(JudgeRecovery), () => Recovery));

    Target RecoverControlPlane => _ => _
        .Description("Replaces control planes and etcd members that the inventory calls broken")
        .DependsOn(JudgeRecovery, ValidateNodes)
        .Triggers(SmokeTest)
        .Executes(() => CleanAsync(async () =>
        {
            await ChangeClusterAsync(
                nameof(RecoverControlPlane), playbooks => playbooks.RecoverControlPlane, "recovers a control plane",
                async _ => PlaybookOptions with
                {
                    Limit = ControlPlaneRecovery.Limit,
                    ForcedVariables = ControlPlaneRecovery.Answers,
                    Required = (await Recovery).Working,
                },
                before: async current => await LeadJoinsAwayAsync(current, (await Recovery).Broken));
            Console.Info(
                $"Now take {string.Join(", ", (await Recovery).Broken)} out of {Locator.Shown(Cluster.InventoryFile)}; then {TypedAs(nameof(Deploy))}, as the playbook left out the workers, which know the control planes from before.");
        }));

    // As soon as the lab's nodes can be asked, and before anything is judged by what a change leaves.
    ITargetDefinition Judging(ITargetDefinition target) => target.Unlisted().DependsOn(InstallRequirements).After(LabUp)
        .Before(ValidateInventory);

    bool HasChangedCluster => ExecutionPlan.Any(target => target.Status == ExecutionStatus.Succeeded && ChangesCluster(target));

    static bool ChangesCluster(ExecutableTarget target) => target.Name is nameof(InstallCluster) or nameof(Scale)
        or nameof(RemoveNode) or nameof(Upgrade) or nameof(Reset) or nameof(RestoreEtcd) or nameof(ReplaceNode)
        or nameof(RecoverControlPlane);

    // What a playbook is told is made here, guards and all, so that no --skip gets round them.
    Task ChangeClusterAsync(
        string target, Func<Playbooks, Playbook?> choose, string does,
        Func<Playbook, Task<PlaybookOptions>> judge,
        Func<Task<IReadOnlyList<string>>>? look = null,
        Func<Deployment, Task>? before = null) => RecordedAsync(target, async () =>
    {
        if (RetryFailed)
            throw new UserError(
                $"--retry-failed goes by the last run of {ClusterInstallation.Playbook}, and {target} doesn't run that.",
                "Leave it out, or choose nodes with --limit.");
        var playbooks = (await FetchedDistribution).Playbooks;
        var playbook = playbooks.Require(choose(playbooks), does);
        var options = await judge(playbook);
        TakeLock();
        var current = await Deployment;
        RequireSettled(target, current);
        await using var held = await TakeNodeLockAsync(current);
        // Whatever comes of it, the cluster is another one than the one that was installed.
        Ledger.Forget(nameof(InstallCluster));
        if (before is not null)
            await before(current);
        try
        {
            await Playbook(current).RunAsync(playbook.File, options, Interruption);
        }
        catch (UserError error) when (look is not null && !Interruption.IsCancellationRequested)
        {
            throw new UserError(error.Problem, string.Join('\n', [error.Remedy, .. await look()]), error);
        }
    });

    // A node that was replaced is not brought back by an inventory that doesn't know of it.
    void RequireSettled(string target, Deployment current)
    {
        if (target == nameof(Reset))
            File.Delete(ReplacementState.FileOf(Cluster));
        else
            ReplacementState.RequireSettled(Cluster, current.Inventory, target);
    }

    // What is left to hands where a control plane goes; without an API the playbook may well bring it back.
    async Task LeadJoinsAwayAsync(Deployment current, IReadOnlyList<string> leaving)
    {
        if (current.Inventory.ControlPlane is not [var stays, ..])
            return;
        try
        {
            var programs = EtcdSurvey.Programs(await ResolvedAsync(current, EtcdSurvey.Variables));
            var joins = new JoinAddress(Shell, Become, current.Distribution.KubeconfigOnNode, programs);
            foreach (var line in await joins.LeadAwayAsync(stays, leaving, Interruption))
                Console.Done($"{line}: what joins asks there.");
        }
        catch (UserError error)
        {
            Console.Warning($"{error.Problem} {error.Remedy}");
        }
    }

    // What each of these finds out, the cluster is from there on: preflight and smoke test look at what will be left.
    Task<NodeDeparture> Departure => field ??= JudgeDepartureAsync();

    Task<ControlPlaneRecovery> Recovery => field ??= JudgeRecoveryAsync();

    Task<(string Version, bool IsConfigured)> PlannedUpgrade => field ??= PlanUpgradeAsync();

    async Task<NodeDeparture> JudgeDepartureAsync()
    {
        RefusedLimit.Require(nameof(RemoveNode), Limit, "--node says which nodes leave");
        var current = await Deployment;
        var departure = NodeDeparture.Judge(current.Inventory, Node, NodeIsGone);
        (await EtcdKindAsync(current)).RequireRemovable(
            [.. current.Inventory.Nodes.Where(node => departure.Names.Contains(node.Name))]);
        deployment = Task.FromResult(current.Without(departure.Names));
        return departure;
    }

    async Task<ControlPlaneRecovery> JudgeRecoveryAsync()
    {
        RefusedLimit.Require(nameof(RecoverControlPlane), Limit, $"it has a limit of its own, {ControlPlaneRecovery.Limit}");
        var current = await Deployment;
        var recovery = ControlPlaneRecovery.Judge(current.Inventory, await EtcdKindAsync(current));
        if (recovery.BrokenMembers.Count > 0)
            await SurveyEtcdAsync(current, recovery);
        deployment = Task.FromResult(current.Without(recovery.Broken));
        return recovery;
    }

    // Brings the kubeconfig itself, as the target of that name comes after InstallCluster, and this one first of all.
    async Task<(string Version, bool IsConfigured)> PlanUpgradeAsync()
    {
        var distribution = await FetchedDistribution;
        distribution.Playbooks.Require(distribution.Playbooks.Upgrade, "upgrades a cluster");
        var current = await Deployment;
        var wanted = UpgradePath.Wanted(
            KubernetesVersion ?? ExtraVariables.Value(OverridingVariables, "kube_version") ?? current.ConfiguredKubernetes);
        if (Kubeconfig is null)
            await BringKubeconfigAsync();
        var running = await new RunningVersions(await KubectlAsync()).ReadAsync(Interruption);
        var path = UpgradePath.Judge(running, wanted, distribution.KubernetesVersions, distribution.Name);
        Console.Done($"From Kubernetes {path.From} to {path.To}: one step");
        await JudgeEtcdAsync(current, path);
        var version = distribution.KubernetesVersions.Write(path.To);
        var isConfigured = current.ConfiguredKubernetes is { } configured && KubernetesVersions.Parse(configured) == path.To;
        // What the playbook is given outranks the inventory.
        if (!isConfigured)
            deployment = Task.FromResult(current.WithKubernetes(version));
        return (version, isConfigured);
    }

    async Task<EtcdKind> EtcdKindAsync(Deployment current) =>
        new(await ResolvedAsync(current, EtcdKind.Variables), current.Distribution);

    Task<ClusterVariables> ResolvedAsync(Deployment current, IReadOnlyCollection<string> names) =>
        current.Variables.ResolveAsync([], names, new TemplateEvaluator(Commands, current.Ansible).ResolveAsync, Interruption);

    // By what etcd and its programs on the node say, whatever the release: before anything is removed.
    async Task SurveyEtcdAsync(Deployment current, ControlPlaneRecovery recovery)
    {
        var variables = await ResolvedAsync(current, EtcdSurvey.Variables);
        var survey = await EtcdSurvey.TakeAsync(
            Shell, current.Inventory.EtcdMembers[0], Become, EtcdSurvey.Programs(variables), Interruption);
        if (survey.HasQuorum && current.Distribution.EtcdVersions.RecoveryNeedsAnswers)
            await recovery.RequireAnswersAsync(Shell, current.Inventory, Interruption);
        Console.Done(survey.Require(
            current.Inventory, recovery, EtcdSurvey.GivenSnapshot(variables), current.Distribution.EtcdVersions.RecoveryListens));
    }

    async Task JudgeEtcdAsync(Deployment current, UpgradePath path)
    {
        var kind = await EtcdKindAsync(current);
        var brings = EtcdUpgrade.Brings(current.Variables, path.To, current.Distribution.EtcdVersions);
        if (kind.LeftByUpgrade(brings) is { } left)
            Console.Warning(left);
        if (kind.IsKubeadms || !EtcdUpgrade.IsStrict(brings, current.Distribution))
            return;
        var running = await EtcdUpgrade.ReadAsync(Shell, current.Inventory.EtcdMembers, Become, Interruption);
        EtcdUpgrade.Judge(running, brings, path, current.Distribution);
        if (current.Inventory.EtcdMembers.Where(node => !running.ContainsKey(node.Name)).ToList() is { Count: > 0 } silent)
            Console.Warning(
                $"Which etcd runs on {string.Join(", ", silent.Select(node => node.Name))} can't be told; the playbook stops there if it is too old.");
    }

    Task ConsentAsync()
    {
        RefusedLimit.Require(nameof(Reset), Limit, "it takes down all of the cluster; one node leaves with RemoveNode --node");
        ResetConsent.Require(Cluster, Confirm, IsServerBuild);
        return Task.CompletedTask;
    }
}
