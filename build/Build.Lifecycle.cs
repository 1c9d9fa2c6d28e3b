using KubeLab.Ansible;
using KubeLab.Distributions;
using KubeLab.Kubernetes;
using KubeLab.Lifecycle;
using KubeLab.Runs;
using Nuke.Common;

// What comes after the installation: each with the same preflight before it, and the smoke test after it.
sealed partial class Build
{
    [Parameter("The node that leaves with RemoveNode; several with commas between them", Separator = ",")]
    readonly string[] Node = [];

    [Parameter("RemoveNode: the machine doesn't answer any more, so nothing is taken off it. Default: no")]
    readonly bool NodeIsGone;

    [Parameter("Reset: the name of the cluster, to say that it is meant")]
    readonly string? Confirm;

    [Parameter("Upgrade: the Kubernetes to go to. Default: kube_version of the inventory, else the distribution's own")]
    readonly string? KubernetesVersion;

    NodeDeparture? departure;
    ControlPlaneRecovery? recovery;
    UpgradePath? upgradePath;
    bool upgradeIsConfigured;

    Target Scale => _ => _
        .Description("Adds the workers that the inventory has and the cluster lacks")
        .DependsOn(ValidateNodes)
        .Triggers(SmokeTest)
        .Executes(() => ChangeClusterAsync(
            nameof(Scale), playbooks => playbooks.Require(playbooks.Scale, "adds workers"), _ => Task.FromResult(PlaybookOptions)));

    Target JudgeDeparture => _ => _
        .Unlisted()
        .DependsOn(InstallRequirements)
        .After(LabUp)
        .Before(ValidateInventory)
        .Executes(() => RecordedAsync(nameof(JudgeDeparture), DepartureAsync));

    Target RemoveNode => _ => _
        .Description("Takes a node out of the cluster (--node); refuses what the cluster would not outlive")
        .DependsOn(JudgeDeparture, ValidateNodes)
        .Triggers(SmokeTest)
        .Executes(async () =>
        {
            await ChangeClusterAsync(nameof(RemoveNode), playbooks => playbooks.Require(playbooks.RemoveNode, "removes nodes"), async playbook =>
            {
                var leaving = await DepartureAsync();
                return PlaybookOptions with { ForcedVariables = leaving.Answers(playbook), Required = NodeIsGone ? [] : leaving.Names, SkipTags = [.. SkipTags, .. leaving.SkipTags] };
            });
            Console.Info($"Now take {string.Join(", ", departure!.Names)} out of {Locator.Shown(Cluster.InventoryFile)}.");
        });

    Target JudgeUpgrade => _ => _
        .Unlisted()
        .DependsOn(InstallRequirements)
        .After(LabUp)
        .Before(ValidateInventory)
        .Executes(() => RecordedAsync(nameof(JudgeUpgrade), WrittenUpgradeAsync));

    Target Upgrade => _ => _
        .Description("Goes to the Kubernetes that the inventory asks for, one minor version at a time")
        .DependsOn(JudgeUpgrade, ValidateNodes)
        .Triggers(SmokeTest)
        .Executes(async () =>
        {
            await ChangeClusterAsync(nameof(Upgrade), playbooks => playbooks.Require(playbooks.Upgrade, "upgrades a cluster"), async _ =>
                PlaybookOptions with { ForcedVariables = new Dictionary<string, object>(StringComparer.Ordinal) { ["kube_version"] = await WrittenUpgradeAsync() } });
            if (!upgradeIsConfigured)
                Console.Warning($"The inventory asks for another Kubernetes: set kube_version: {await WrittenUpgradeAsync()} in its group_vars, or the next Deploy goes back to that.");
        });

    Target JudgeReset => _ => _
        .Unlisted()
        .Before(FetchDistribution)
        .Executes(() => RecordedAsync(nameof(JudgeReset), ConsentAsync));

    Target Reset => _ => _
        .Description("Deletes all that the cluster holds and takes it off the nodes; needs --confirm <cluster name>")
        .DependsOn(JudgeReset, ValidateInventory)
        .Executes(async () =>
        {
            await ChangeClusterAsync(nameof(Reset), playbooks => playbooks.Require(playbooks.Reset, "resets a cluster"), async playbook =>
            {
                await ConsentAsync();
                return PlaybookOptions with { ForcedVariables = playbook.Answers };
            });
            File.Delete(Cluster.KubeconfigFile);
        });

    Target JudgeRecovery => _ => _
        .Unlisted()
        .DependsOn(InstallRequirements)
        .After(LabUp)
        .Before(ValidateInventory)
        .Executes(() => RecordedAsync(nameof(JudgeRecovery), RecoveryAsync));

    Target RecoverControlPlane => _ => _
        .Description("Replaces control planes and etcd members that the inventory calls broken")
        .DependsOn(JudgeRecovery, ValidateNodes)
        .Triggers(SmokeTest)
        .Executes(() => ChangeClusterAsync(
            nameof(RecoverControlPlane), playbooks => playbooks.Require(playbooks.RecoverControlPlane, "recovers a control plane"), async _ =>
                PlaybookOptions with { Limit = ControlPlaneRecovery.Limit, ForcedVariables = ControlPlaneRecovery.Answers, Required = (await RecoveryAsync()).Working }));

    // What a playbook is told is made here, guards and all, so that no --skip gets round them.
    Task ChangeClusterAsync(string target, Func<Playbooks, Playbook> choose, Func<Playbook, Task<PlaybookOptions>> judge) => RecordedAsync(target, async () =>
    {
        if (RetryFailed)
            throw new UserError($"--retry-failed goes by the last run of {ClusterInstallation.Playbook}, and {target} doesn't run that.", "Leave it out, or choose nodes with --limit.");
        var playbook = choose((await FetchedDistribution).Playbooks);
        var options = await judge(playbook);
        TakeLock();
        await using var held = await TakeNodeLockAsync();
        // Whatever comes of it, the cluster is another one than the one that was installed.
        Ledger.Forget(nameof(InstallCluster));
        await (await ClusterPlaybookAsync()).RunAsync(playbook.File, options, Interruption);
        hasInstalled = true;
    });

    async Task<NodeDeparture> DepartureAsync()
    {
        if (departure is not null)
            return departure;
        RefusedLimit.Require(nameof(RemoveNode), Limit, "--node says which nodes leave");
        departure = NodeDeparture.Judge(await ReadInventory, Node, NodeIsGone);
        await LeaveOutAsync(departure.Names);
        return departure;
    }

    // Brings the kubeconfig itself, as the target of that name comes after InstallCluster, and this one before anything is looked at.
    async Task<string> WrittenUpgradeAsync()
    {
        var distribution = await FetchedDistribution;
        if (upgradePath is not null)
            return distribution.KubernetesVersions.Write(upgradePath.To);
        distribution.Playbooks.Require(distribution.Playbooks.Upgrade, "upgrades a cluster");
        var wanted = await WantedKubernetesAsync();
        if (Kubeconfig is null)
            await BringKubeconfigAsync();
        var running = await new RunningVersions(await KubectlAsync()).ReadAsync(Interruption);
        upgradePath = UpgradePath.Judge(running, wanted, distribution.KubernetesVersions, distribution.Name);
        Console.Done($"From Kubernetes {upgradePath.From} to {upgradePath.To}: one step");
        await TakeForConfiguredAsync(upgradePath.To);
        return distribution.KubernetesVersions.Write(upgradePath.To);
    }

    Task ConsentAsync()
    {
        RefusedLimit.Require(nameof(Reset), Limit, "it takes down all of the cluster; one node leaves with RemoveNode --node");
        ResetConsent.Require(Cluster, Confirm, IsServerBuild);
        return Task.CompletedTask;
    }

    async Task<ControlPlaneRecovery> RecoveryAsync()
    {
        if (recovery is not null)
            return recovery;
        RefusedLimit.Require(nameof(RecoverControlPlane), Limit, $"it has a limit of its own, {ControlPlaneRecovery.Limit}");
        recovery = ControlPlaneRecovery.Judge(await ReadInventory);
        await LeaveOutAsync(recovery.Broken);
        return recovery;
    }

    // From here on, the cluster is what will be left of it: that is what the preflight and the smoke test look at.
    async Task LeaveOutAsync(IReadOnlyCollection<string> names) => readInventory = Task.FromResult((await ReadInventory).Without(names));

    // What the playbook is given outranks the inventory, so preflight and smoke test go by it, too.
    async Task TakeForConfiguredAsync(Version version)
    {
        upgradeIsConfigured = await ConfiguredKubernetesAsync() is { } configured && KubernetesVersions.Parse(configured) == version;
        if (upgradeIsConfigured)
            return;
        Journal.Inventory = (await ReadInventory).With("kube_version", (await FetchedDistribution).KubernetesVersions.Write(version));
        readInventory = Task.FromResult(Journal.Inventory);
    }

    async Task<Version> WantedKubernetesAsync()
    {
        ExtraVariables.Check(ExtraVars);
        var written = KubernetesVersion ?? ExtraVariables.Value(ExtraVars, "kube_version") ?? await ConfiguredKubernetesAsync();
        return written is null ? throw NoVersion("neither the inventory nor the distribution says one")
            : KubernetesVersions.Parse(written) ?? throw NoVersion($"{written} is no version");

        static UserError NoVersion(string why) => new($"Which Kubernetes is wanted can't be told: {why}.", "Name it: --kubernetes-version 1.35.4.");
    }

    async Task<string?> ConfiguredKubernetesAsync() => (await ReadInventory).ControlPlane is [var first, ..] && first.Text("kube_version") is { } written
        ? written
        : $"{(await FetchedDistribution).KubernetesVersions.Default}" is { Length: > 0 } standing ? standing : null;
}
