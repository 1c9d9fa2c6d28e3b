using KubeLab.Ansible;
using KubeLab.Kubernetes;
using KubeLab.Lifecycle;
using KubeLab.Runs;
using Nuke.Common;

// A node for a node, whichever it is, step by step.
sealed partial class Build
{
    [Parameter("ReplaceNode: a machine of the inventory without a role, or an address, that takes the node's place. Default: the same machine anew")]
    readonly string? By;

    NodeReplacement? replacement;
    ReplacementState? replaced;

    Target JudgeConsent => _ => _
        .Unlisted()
        .Before(FetchDistribution)
        .Executes(() => RecordedAsync(nameof(JudgeConsent), () =>
        {
            RefusedLimit.Require(nameof(ReplaceNode), Limit, "--node says which node is replaced");
            ResetConsent.Require(
                Cluster, Confirm, IsServerBuild, nameof(ReplaceNode),
                $"all that {string.Join(", ", Node.DefaultIfEmpty("a node"))} of the cluster {Cluster.Name} holds");
            return Task.CompletedTask;
        }));

    Target JudgeReplacement => _ => Judging(_)
        .DependsOn(JudgeConsent)
        .Executes(() => RecordedAsync(nameof(JudgeReplacement), JudgeReplacementAsync));

    Target ReplaceNode => _ => _
        .Description("Replaces a node (--node) by another machine (--by) or by the same one anew, a first control plane too; needs --confirm <cluster name>")
        .DependsOn(JudgeReplacement, ValidateNodes)
        .Triggers(SmokeTest)
        .Executes(() => RecordedAsync(nameof(ReplaceNode), async () =>
        {
            var started = TimeProvider.System.GetUtcNow();
            var (judged, current) = (replacement!, await Deployment);
            if (!replaced!.HasEnded)
            {
                TakeLock();
                await using var held = await TakeNodeLockAsync(current);
                Ledger.Forget(nameof(InstallCluster));
                replaced = await Replacements.RunAsync(replaced, await StepsAsync(judged, current));
            }

            Recorder.Record.Write(ReplacementState.RecordName, RecordJson.Write(replaced));
            Conclude(JudgedBy(nameof(ReplaceNode), started, current, judged.Findings(replaced)));
            if (judged.Afterwards is { } afterwards)
                Console.Warning(
                    $"{Locator.Shown(Cluster.InventoryFile)} still has {judged.Old.Name}: {afterwards}. Until then KubeLab refuses what would bring it back.");
        }));

    ReplacementLedger Replacements => new(Cluster, TimeProvider.System, step => Console.Info($"  {step}"));

    // From here on the cluster is the one that comes of it, to the preflight and the smoke test too.
    async Task JudgeReplacementAsync()
    {
        var current = await Deployment;
        var judged = NodeReplacement.Judge(current.Inventory, Node, By, NodeIsGone);
        var state = Replacements.Open(current.Inventory, judged.Old.Name, By, NodeIsGone);
        current.Distribution.Playbooks.Require(current.Distribution.Playbooks.RemoveNode, "removes nodes");
        var isNew = state.Done.Count == 0;
        if (judged.Old.IsEtcdMember)
        {
            var kind = await EtcdKindAsync(current);
            kind.RequireOwn("replaces members of");
            kind.RequireRemovable([judged.Old]);
            if (isNew)
                ReplacementBackup.Require(Cluster, judged.Old, Unencrypted);
            var staying = current.Inventory.EtcdMembers.Where(node => node.Name != judged.Old.Name).ToList();
            if (!state.HasEnded)
            {
                var (names, said) = await EtcdQuorum.JudgeAsync(
                    new NodeEtcd(Shell, staying, Become), current.Inventory, judged.Old, Interruption);
                Console.Done(said);
                state = state with { Members = state.Members.Count > 0 ? state.Members : names };
            }

            judged = judged with { Members = state.Members };
        }

        deployment = ChangedAsync(judged.Joined, "replaced");
        if (NodeIsGone && judged is { Spare: null, Address: null } && !state.Done.Contains(ReplacementStep.Remove))
            deployment = Task.FromResult((await Deployment).Without([judged.Old.Name]));
        if (Kubeconfig is null)
            await BringKubeconfigAsync();
        var bare = NodeIsGone || state.Done.Contains(ReplacementStep.Remove) ? []
            : await new NodeDrain(await KubectlAsync(), TimeSpan.Zero).JudgeAsync(judged.Old.Name, Interruption);
        if (bare.Count > 0)
            Console.Warning($"Nobody makes these pods again, and they go with {judged.Old.Name}: {string.Join(", ", bare)}");
        if (state.Done.Count > 0 && !state.HasEnded)
            Console.Info(
                $"Going on with what was begun at {state.Began:yyyy-MM-dd HH:mm} UTC; done is {string.Join(", ", state.Done)}.");
        (replacement, replaced) = (judged, state);
    }

    async Task<IReadOnlyList<ReplacementStep>> StepsAsync(NodeReplacement judged, Deployment joined)
    {
        var (old, playbooks) = (judged.Old, joined.Distribution.Playbooks);
        var leaving = await ChangedAsync(judged.Leaving, "leaving");
        var removal = playbooks.Require(playbooks.RemoveNode, "removes nodes");
        var departure = new NodeDeparture([old.Name], judged.IsGone);
        var alone = !old.IsControlPlane && !old.IsEtcdMember;
        var joins = alone
            ? playbooks.Require(playbooks.Scale, "adds workers") : playbooks.Require(playbooks.Install, "installs a cluster");
        ReplacementStep[] leave =
        [
            .. judged.IsGone ? [] : new[]
            {
                new ReplacementStep("drain", $"moving the pods of {old.Name} to others", async () =>
                    Console.Done(await Console.WatchAsync(
                        $"Draining {old.Name}", new NodeDrain(await KubectlAsync(), await DrainLimitAsync(leaving))
                            .RunAsync(old.Name, Interruption))))
                { IsRepeated = true },
            },
            new(ReplacementStep.Remove, $"taking {old.Name} out of the cluster", async () =>
            {
                await LeadJoinsAwayAsync(joined, old.IsControlPlane ? [old.Name] : []);
                var text = File.ReadAllText(leaving.Distribution.File(removal.File));
                await Playbook(leaving).RunAsync(removal.File, PlaybookOptions with
                {
                    ForcedVariables = departure.Answers(removal, text),
                    Required = judged.IsGone ? [] : departure.Names,
                    SkipTags = [.. SkipTags, .. departure.SkipTags(text)],
                }, Interruption);
                // What Ansible knows of the machine that left is not true of the one that comes.
                if (Path.Combine(Cluster.ArtifactsDirectory, "facts", old.Name) is var facts && File.Exists(facts))
                    File.Delete(facts);
            }),
        ];
        ReplacementStep[] join =
        [
            .. judged.New == old.Name
                ? [new("validate", $"asking {judged.New} whether it can join", () => ValidateAnewAsync(judged))
                { IsRepeated = true }] : Array.Empty<ReplacementStep>(),
            new(ReplacementStep.Join, $"joining {judged.New}", async () =>
            {
                var current = judged.JoinsFirst ? await ChangedAsync(judged.Joining, "joining") : await Deployment;
                await Playbook(current).RunAsync(
                    joins.File, alone ? PlaybookOptions with { Limit = judged.New } : PlaybookOptions, Interruption);
            }),
        ];
        return
        [
            new("backup", "saving etcd", () => BackUpBeforeReplacementAsync(leaving)),
            .. judged.JoinsFirst ? [.. join, .. leave] : (ReplacementStep[])[.. leave, .. join],
        ];
    }

    // With the machine among the nodes again, which may have been out of reach until now.
    async Task ValidateAnewAsync(NodeReplacement judged)
    {
        deployment = ChangedAsync(judged.Joined, "replaced");
        Conclude(await Preflight(await Deployment, rehearses: true).ValidateNodesAsync(
            Shell, PreflightOptions, null, await ControlMachineAsync(), PreflightRecord.Announce, Interruption));
    }

    async Task BackUpBeforeReplacementAsync(Deployment current)
    {
        if ((await EtcdKindAsync(current)).IsKubeadms)
            Console.Warning("No backup of etcd is taken, as it is kubeadm's.");
        else
            await BackUpBeforeAsync(nameof(ReplaceNode), current);
    }

    async Task<TimeSpan> DrainLimitAsync(Deployment current) =>
        (await ResolvedAsync(current, [NodeDrain.LimitVariable])).OfCluster(NodeDrain.LimitVariable) is { Unresolved: null } set
            ? Durations.Parse(set.Text, NodeDrain.LimitVariable) : NodeDrain.DefaultLimit;

    // The inventory as Ansible makes it by one more, which changes it.
    async Task<Deployment> ChangedAsync(InventoryChange change, string name) =>
        await new DeploymentReader(Commands, Secrets, RootDirectory).ReadAsync(
            await Ansible with { Change = change.Write(Cluster, name) }, Interruption);
}
