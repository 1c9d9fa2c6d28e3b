using KubeLab.Ansible;
using KubeLab.Preflight;
using KubeLab.Ssh;
using Nuke.Common;

// Everything that can be known to fail before a node is changed.
sealed partial class Build
{
    [Parameter("Warnings of the preflight count as failures. Default: no")]
    readonly bool StrictChecks;

    [Parameter("Nodes also try each other's ports, ask for all that they download, and write to measure etcd's disk: a minute more. Default: no")]
    readonly bool Deep;

    const string Connections = "connections";

    [Parameter("ValidateInventory: connections also shows each node's user, port, key and jump host, as ssh -G says. Default: none")]
    readonly string? Show;

    Target ValidateInventory => _ => _
        .Description("Judges the inventory and the settings, without touching a node")
        .DependsOn(InstallRequirements)
        .After(LabUp, UseBundle)
        .OnlyWhenDynamic(() => InventoryIsUnproven)
        .Executes(() => RecordedAsync(nameof(ValidateInventory), async () =>
        {
            if (OwnPrivateKey is { } key)
                await new PrivateKeyFile(Commands).CheckAsync(key, Interruption);
            // This machine is looked at while Ansible reads the inventory.
            var (options, here) = (PreflightOptions, ControlMachineAsync());
            var preflight = Preflight(await Deployment, rehearses: !ValidatesNodes);
            if (Show == Connections)
                new ConnectionsTable(Console).Show(await ConnectionsAsync());
            Conclude(await preflight.ValidateInventoryAsync(options, await here, Interruption));
        }));

    Target ValidateNodes => _ => _
        .Description("Asks every node, in one round trip each, whether the deployment can succeed; changes nothing there")
        .DependsOn(ValidateInventory, LabUp, UseBundle)
        .Executes(() => RecordedAsync(nameof(ValidateNodes), async () =>
        {
            var (options, here) = (PreflightOptions, ControlMachineAsync());
            var preflight = Preflight(await Deployment, rehearses: true);
            Conclude(await preflight.ValidateNodesAsync(
                Shell, options, null, await here, PreflightRecord.Announce, Interruption));
        }));

    static IReadOnlyList<string> PreflightIds => CheckCatalog.Ids<Rule>();

    PreflightOptions PreflightOptions => new()
    {
        Checks = CheckChoice.Only(PreflightIds),
        SkipChecks = [.. CheckChoice.Except(PreflightIds), .. Cluster.Settings.Preflight.Skip],
        Deep = Deep,
        Strict = StrictChecks,
    };

    // With what the nodes say, the release's asserts tell more.
    bool ValidatesNodes => WillRun(nameof(ValidateNodes));

    bool WillRun(string target) => ExecutionPlan.Except(SkippedTargets).Any(each => each.Name == target);

    // What will be rehearsed, if the run comes so far: Ansible loads what it is made of while it reads the inventory too.
    bool Rehearses => OnlyLooks || (PreflightRunner.Rehearses(PreflightOptions)
        && (ValidatesNodes || (InventoryIsUnproven && WillRun(nameof(ValidateInventory)))));

    AssertRehearsal Rehearsal(Deployment current) => new(
        current.Ansible, current.Inventory,
        () => Interlocked.Exchange(ref begunRehearsal, null)
            ?? RehearsingAnsible.BeginAsync(Commands, current.Ansible, OverridingVariables));

    // Of a run that came to an end before it.
    async Task EndRehearsalAsync()
    {
        if (Interlocked.Exchange(ref begunRehearsal, null) is not { } begun)
            return;
        // One that could not begin is nobody's trouble any more.
        await ((Task)begun).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (begun.IsCompletedSuccessfully)
            await (await begun).DisposeAsync();
    }

    PreflightRunner Preflight(Deployment current, bool rehearses) => new(
        current, new TemplateEvaluator(Commands, current.Ansible).ResolveAsync, TimeProvider.System,
        rehearses ? Rehearsal(current) : null,
        new DownloadLister(Commands, current.Ansible, current.Inventory));

    async Task<ControlMachine> ControlMachineAsync()
    {
        var toolchain = (await Ansible).Toolchain;
        return await ControlMachine.ReadAsync(Commands, Cluster, toolchain.Version, toolchain.PythonVersion, Interruption);
    }

    PreflightRecord PreflightRecord => field ??= new PreflightRecord(
        Recorder.Record, Secrets.Mask, found => Summarize(found), Console);

    void Conclude(PreflightReport report) => PreflightRecord.Conclude(report, ResumeCommand);
}
