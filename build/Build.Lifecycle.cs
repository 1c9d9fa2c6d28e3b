using KubeLab.Ansible;
using KubeLab.Commands;
using KubeLab.Distributions;
using KubeLab.Lifecycle;
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

    Target Scale => _ => _
        .Description("Adds the workers that the inventory has and the cluster lacks")
        .DependsOn(ValidateNodes)
        .Triggers(SmokeTest)
        .Executes(() => ChangeClusterAsync(nameof(Scale), playbooks => playbooks.Require(playbooks.Scale, "adds workers"), PlaybookOptions));

    Target JudgeDeparture => _ => _
        .Unlisted()
        .DependsOn(InstallRequirements)
        .After(LabUp)
        .Before(ValidateInventory)
        .Executes(async () =>
        {
            departure = NodeDeparture.Judge(await Nodes, Node, NodeIsGone);
            await LeaveOutAsync(departure.Names);
        });

    Target RemoveNode => _ => _
        .Description("Takes a node out of the cluster (--node); refuses what the cluster would not outlive")
        .DependsOn(JudgeDeparture, ValidateNodes)
        .Triggers(SmokeTest)
        .Executes(async () =>
        {
            var playbook = await RequiredAsync(playbooks => playbooks.Require(playbooks.RemoveNode, "removes nodes"));
            var options = PlaybookOptions with { Answers = departure!.Answers(playbook), Required = NodeIsGone ? [] : departure.Names };
            await ChangeClusterAsync(nameof(RemoveNode), _ => playbook, options);
            Console.Info($"Now take {string.Join(", ", departure.Names)} out of {Locator.Shown(Cluster.InventoryFile)}.");
        });

    Target JudgeUpgrade => _ => _
        .Unlisted()
        .DependsOn(FetchKubeconfig)
        .Executes(async () =>
        {
            var running = await new RunningVersions(await KubectlAsync()).ReadAsync(Interruption);
            var distribution = await FetchedDistribution;
            distribution.Playbooks.Require(distribution.Playbooks.Upgrade, "upgrades a cluster");
            upgradePath = UpgradePath.Judge(running, await WantedKubernetesAsync(), distribution.KubernetesVersions, distribution.Name);
            Console.Done($"From Kubernetes {upgradePath.From} to {upgradePath.To}: one step");
        });

    Target Upgrade => _ => _
        .Description("Goes to the Kubernetes that the inventory asks for, one minor version at a time")
        .DependsOn(JudgeUpgrade, ValidateNodes)
        .Triggers(SmokeTest)
        .Executes(async () =>
        {
            var written = (await FetchedDistribution).KubernetesVersions.Write(upgradePath!.To);
            var options = PlaybookOptions with { Answers = new Dictionary<string, object>(StringComparer.Ordinal) { ["kube_version"] = written } };
            await ChangeClusterAsync(nameof(Upgrade), playbooks => playbooks.Require(playbooks.Upgrade, "upgrades a cluster"), options);
        });

    Target JudgeReset => _ => _
        .Unlisted()
        .Before(FetchDistribution)
        .Executes(() => ResetConsent.Require(Cluster, Confirm, IsServerBuild));

    Target Reset => _ => _
        .Description("Deletes all that the cluster holds and takes it off the nodes; needs --confirm <cluster name>")
        .DependsOn(JudgeReset, ValidateInventory)
        .Executes(async () =>
        {
            var playbook = await RequiredAsync(playbooks => playbooks.Require(playbooks.Reset, "resets a cluster"));
            await ChangeClusterAsync(nameof(Reset), _ => playbook, PlaybookOptions with { Answers = playbook.Answers });
            File.Delete(Cluster.KubeconfigFile);
        });

    Target JudgeRecovery => _ => _
        .Unlisted()
        .DependsOn(InstallRequirements)
        .After(LabUp)
        .Before(ValidateInventory)
        .Executes(async () =>
        {
            recovery = ControlPlaneRecovery.Judge(await Nodes);
            await LeaveOutAsync(recovery.Broken);
        });

    Target RecoverControlPlane => _ => _
        .Description("Replaces control planes and etcd members that the inventory calls broken")
        .DependsOn(JudgeRecovery, ValidateNodes)
        .Triggers(SmokeTest)
        .Executes(() => ChangeClusterAsync(
            nameof(RecoverControlPlane),
            playbooks => playbooks.Require(playbooks.RecoverControlPlane, "recovers a control plane"),
            PlaybookOptions with { Limit = ControlPlaneRecovery.Limit, Answers = ControlPlaneRecovery.Answers, Required = recovery!.Working }));

    Task ChangeClusterAsync(string target, Func<Playbooks, Playbook> choose, PlaybookOptions options) => RecordedAsync(target, async () =>
    {
        TakeLock();
        await using var held = await TakeNodeLockAsync();
        var playbook = await RequiredAsync(choose);
        // Whatever comes of it, the cluster is another one than the one that was installed.
        Ledger.Forget(nameof(InstallCluster));
        await (await PlaybookAsync()).RunAsync(playbook.File, await Nodes, options, Interruption);
        hasInstalled = true;
    });

    async Task<Playbook> RequiredAsync(Func<Playbooks, Playbook> choose) => choose((await FetchedDistribution).Playbooks);

    // From here on, the cluster is what will be left of it: that is what the preflight and the smoke test look at.
    async Task LeaveOutAsync(IReadOnlyCollection<string> names) => readInventory = Task.FromResult((await Nodes).Without(names));

    async Task<Version> WantedKubernetesAsync()
    {
        var inventory = await Nodes;
        var written = KubernetesVersion ?? (inventory.ControlPlane.Count == 0 ? null : inventory.ControlPlane[0].Text("kube_version"));
        return written is null ? (await FetchedDistribution).KubernetesVersions.Default ?? throw NoVersion("the distribution says none")
            : KubernetesVersions.Parse(written) ?? throw NoVersion($"{written} is no version");

        static UserError NoVersion(string why) => new($"Which Kubernetes is wanted can't be told: {why}.", "Name it: --kubernetes-version 1.35.4.");
    }
}
