using System.Runtime.InteropServices;
using KubeLab.Ansible;
using KubeLab.Clusters;
using KubeLab.Diagnosis;
using KubeLab.Distributions;
using KubeLab.Preflight;
using KubeLab.Records;
using KubeLab.Reports;
using KubeLab.Runs;
using KubeLab.Smoke;
using KubeLab.Ssh;
using KubeLab.Variables;
using Nuke.Common;

// The objects that the targets hand over to, each made once and only when a target needs it, so that every target runs alone.
sealed partial class Build
{
    const int InterruptedExitCode = 130;

    readonly CancellationTokenSource interruption = new();
    readonly List<PosixSignalRegistration> signals = [];
    Task<Distribution>? fetchedDistribution;
    Task<AnsibleToolchain>? ensuredToolchain;
    Task<Inventory>? readInventory;
    ClusterLock? clusterLock;
    bool wasKilled;
    bool mayHaveWritten;
    Task recorded = Task.CompletedTask;
    string? interruptedTarget;
    RunRecord? record;

    CancellationToken Interruption => interruption.Token;

    ConsoleLog Console => field ??= new ConsoleLog(TerminalConsole.Create(), TimeProvider.System) { Mask = Secrets.Mask };

    SecretMask Secrets => field ??= KnownSecrets();

    CommandRunner Commands { get; } = new();

    DebianPackages Packages => field ??= new DebianPackages(Commands, Console);

    ClusterLocator Locator => field ??= new ClusterLocator(RootDirectory);

    Cluster Cluster => field ??= FoundCluster();

    CheckChoice CheckChoice => field ??= new CheckChoice(Checks, SkipChecks);

    RunRecord Record => record ??= new RunRecord(Cluster, Journal.Started) { Mask = Secrets.Mask };

    SshOptions SshOptions => field ??= new SshOptions(Cluster);

    INodeShell Shell => field ??= NodeShells.For(Cluster, SshOptions, Commands);

    DistributionFetcher Fetcher => field ??= new DistributionFetcher(Commands, Console, CacheDirectory.Path);

    // The two lines that choose between the lab and machines of one's own.
    bool UsesLab => Cluster.Settings.Distribution == "lab";

    Task<Distribution> FetchedDistribution => fetchedDistribution ??=
        UsesLab ? Task.FromResult(KubeLab.Distributions.Distribution.Open("the lab's distribution", RootDirectory / "lab" / "distribution"))
        : Fetcher.FetchAsync(Cluster.Settings.Kubespray, Interruption);

    Task<AnsibleToolchain> Toolchain => ensuredToolchain ??= EnsureToolchainAsync();

    Task<Inventory> ReadInventory => readInventory ??= ReadInventoryAsync();

    protected override void OnBuildInitialized()
    {
        foreach (var signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM })
            signals.Add(PosixSignalRegistration.Create(signal, Interrupt));
        VerifyParametersFiles();
        VerifyChecks();
    }

    // Before anything runs: a check whose name is wrong is not found out after the playbook.
    void VerifyChecks()
    {
        if (Checks.Length + SkipChecks.Length == 0)
            return;
        var preflight = ExecutionPlan.Any(target => target.Name is nameof(ValidateInventory) or nameof(ValidateNodes));
        var smoke = ExecutionPlan.Any(target => target.Name == nameof(SmokeTest));
        ExitCode = SmokeReport.CouldNotRunExitCode;
        CheckChoice.Verify([.. preflight ? PreflightIds : [], .. smoke ? CheckCatalog.Ids<ISmokeCheck>() : []]);
        ExitCode = null;
    }

    // The first interrupt lets children stop and the record be completed; the second kills them, and the third ends KubeLab itself.
    void Interrupt(PosixSignalContext context)
    {
        if (wasKilled)
            return;
        context.Cancel = true;
        ExitCode = InterruptedExitCode;
        if (interruption.IsCancellationRequested)
        {
            wasKilled = true;
            Commands.KillAll();
            return;
        }

        Console.Warning("Interrupted: letting what runs come to its end. Once more to stop at once.");
        interruption.Cancel();
    }

    // What a person types once the failure is mended: the same, and what is proven need not run again.
    string ResumeCommand => string.Join(' ', ["./build.sh", .. Environment.GetCommandLineArgs().Skip(1).DefaultIfEmpty(nameof(Deploy)).Select(ShellWords.Quote), .. Resume ? [] : new[] { "--resume" }]);

    // Held until the process ends: what changes a cluster runs alone.
    void TakeLock() => clusterLock ??= ClusterLock.Take(Cluster, TimeProvider.System);

    // A target that fails leaves a record, whatever it had left until then.
    Task RecordedAsync(string target, Func<Task> work) => recorded = RunRecordedAsync(target, work);

    async Task RunRecordedAsync(string target, Func<Task> work)
    {
        RequireWritable();
        try
        {
            await work();
        }
        catch (UserError error)
        {
            Journal.Fail(target, error);
            Summarize();
            throw new UserError(Secrets.Mask(error.Problem), error.Remedy is null ? null : Secrets.Mask(error.Remedy), error);
        }
        catch (OperationCanceledException exception) when (interruption.IsCancellationRequested)
        {
            interruptedTarget = target;
            // The command to go on with ends the run's report.
            var interrupted = new UserError($"{target} was interrupted, and what it had started was ended.", null, exception);
            Journal.Fail(target, interrupted);
            Summarize();
            throw interrupted;
        }
    }

    // Once a run, before it leaves anything.
    void RequireWritable()
    {
        if (mayHaveWritten)
            return;
        ArtifactsFolder.RequireWritable(Cluster);
        mayHaveWritten = true;
    }

    async Task<AnsibleToolchain> EnsureToolchainAsync()
    {
        var installer = new AnsibleInstaller(Commands, Console, CacheDirectory.Path);
        Journal.Distribution = await FetchedDistribution;
        return Journal.Ansible = await installer.EnsureAsync(Journal.Distribution, Cluster.Settings.Ansible, Interruption);
    }

    async Task<AnsibleEnvironment> AnsibleEnvironmentAsync() =>
        new(Cluster, await FetchedDistribution, await Toolchain, SshOptions);

    async Task<Inventory> ReadInventoryAsync()
    {
        var distribution = await FetchedDistribution;
        var reader = new InventoryReader(Commands, await Toolchain, await AnsibleEnvironmentAsync(), distribution);
        // Nobody waits for it, and without nodes to ask it is for nothing.
        if (ExecutionPlan.Except(SkippedTargets).Any(target => target.Name == nameof(ValidateNodes)))
        {
            _ = Task.Run(
                async () => await PreflightWarmUp.RunAsync(Cluster, distribution, Shell, Interruption) is { } found ? FindingsMarkdown.Write(found) : null,
                Interruption);
        }

        var inventory = await reader.ReadAsync(Cluster, Interruption);
        Secrets.Add(SecretSources.OfInventory(inventory));
        var templates = await TemplatesAsync();
        if (SecretSources.Encrypted(inventory) is { Count: > 0 } encrypted)
            Secrets.Add(SecretSources.OfAnswers(await templates.ResolveAsync(encrypted, Interruption)));
        var connections = new ConnectionVariables(templates.ResolveAsync, new DistributionDefaults(distribution));
        return Journal.Inventory = await connections.ResolveAsync(inventory, Interruption);
    }

    Cluster FoundCluster()
    {
        var cluster = TestsKubeconfigAlone
            ? Locator.WithoutInventory(Kubeconfig!, Layers.Overrides, Layers.Defaults)
            : Locator.Find(Inventory, Layers.Overrides, Layers.Defaults);
        Secrets.Add(SecretSources.OfSettings(cluster.Settings));
        return cluster;
    }

    SecretMask KnownSecrets()
    {
        var mask = new SecretMask();
        mask.Add([.. SecretSources.OfEnvironment(Environment.GetEnvironmentVariables()), .. SecretSources.OfExtraVariables(ExtraVars)]);
        return mask;
    }

    async Task<PlaybookRunner> PlaybookAsync() =>
        new(Commands, Console, Views, await ExplainerAsync(), await Toolchain, await AnsibleEnvironmentAsync(), Cluster, await FetchedDistribution, Record);

    PlaybookViews Views => new(Console, TimeProvider.System, Verbosity == Verbosity.Verbose);

    async Task<FailureExplainer> ExplainerAsync() => new(
        new SignatureMatcher(SignatureCatalog.Load(), (await FetchedDistribution).Directory, ResumeCommand),
        new NodeLogs(Shell, Become), Console, Record);
}
