using KubeLab.Ansible;
using KubeLab.Preflight;
using KubeLab.Ssh;
using Nuke.Common;

// Everything that can be known to fail before a node is changed.
sealed partial class Build
{
    [Parameter("Warnings of the preflight count as failures. Default: no")]
    readonly bool StrictChecks;

    [Parameter("Nodes also try each other's ports, and the hosts that they download from: some ten seconds more. Default: no")]
    readonly bool Deep;

    PreflightReport? preflightSoFar;

    Target ValidateInventory => _ => _
        .Description("Judges the inventory and the settings, without touching a node")
        .DependsOn(InstallRequirements)
        .OnlyWhenDynamic(() => InventoryIsUnproven)
        .Executes(() => RecordedAsync(nameof(ValidateInventory), async () =>
        {
            if (Cluster.Settings.Ssh.PrivateKey is { } key && !UsesLab)
                await new PrivateKeyFile(Commands).CheckAsync(key, Interruption);
            // This machine is looked at while Ansible reads the inventory.
            var (options, here) = (PreflightOptions, ControlMachineAsync());
            var preflight = await PreflightAsync();
            Conclude(await preflight.ValidateInventoryAsync(options, await here, Interruption));
        }));

    Target ValidateNodes => _ => _
        .Description("Asks every node, in one round trip each, whether the deployment can succeed; changes nothing there")
        .DependsOn(ValidateInventory, LabUp)
        .Executes(() => RecordedAsync(nameof(ValidateNodes), async () =>
        {
            var (options, here) = (PreflightOptions, ControlMachineAsync());
            var preflight = await PreflightAsync();
            Conclude(await preflight.ValidateNodesAsync(Shell, options, null, await here, Interruption));
        }));

    static IReadOnlyList<string> PreflightIds => CheckCatalog.Ids<Rule>();

    PreflightOptions PreflightOptions => new()
    {
        Checks = CheckChoice.Only(PreflightIds),
        SkipChecks = [.. CheckChoice.Except(PreflightIds), .. Cluster.Settings.Preflight.Skip],
        Deep = Deep,
        Strict = StrictChecks,
    };

    async Task<TemplateEvaluator> TemplatesAsync() =>
        new(Commands, await Toolchain, await AnsibleEnvironmentAsync(), await FetchedDistribution, Cluster);

    async Task<PreflightRunner> PreflightAsync() => new(
        Cluster, await ReadInventory, await FetchedDistribution, RootDirectory, (await TemplatesAsync()).ResolveAsync, TimeProvider.System);

    async Task<ControlMachine> ControlMachineAsync()
    {
        var ansible = await Toolchain;
        return await ControlMachine.ReadAsync(Commands, Cluster, ansible.Version, ansible.PythonVersion, Interruption);
    }

    // The record holds what both targets of a run found.
    void Conclude(PreflightReport report)
    {
        preflightSoFar = preflightSoFar is null ? report : report.After(preflightSoFar);
        var masked = preflightSoFar.With(Secrets.Mask);
        Record.Write(PreflightReport.FileName, file => RecordJson.Write(file, masked));
        Summarize();
        new PreflightTable(Console).Show(report, ResumeCommand);
        if (!report.Succeeded)
            throw new UserError(report.Summary);
        Console.Done(report.Summary);
    }
}
