using KubeLab.Ansible;
using KubeLab.Distributions;
using KubeLab.Preflight;
using KubeLab.Records;
using KubeLab.Reports;
using KubeLab.Runs;
using KubeLab.Smoke;
using KubeLab.Ssh;
using Nuke.Common;
using Nuke.Common.Execution;

// The objects that the targets hand over to, each made only when a target needs it, so that every target runs alone.
sealed partial class Build
{
    const int InterruptedExitCode = 130;

    Task<Distribution>? fetchedDistribution;
    Task<InstalledAnsible>? installedAnsible;
    Task<AnsibleEnvironment>? ansible;
    Task<Deployment>? deployment;
    Task<RehearsingAnsible>? begunRehearsal;
    ClusterLock? clusterLock;

    // Whose machines, and what is installed on them, are two choices.
    bool UsesLab => Cluster.Settings.HasLabMachines;

    Task<Distribution> FetchedDistribution => fetchedDistribution ??=
        Cluster.Settings.Distribution == "lab"
            ? Task.FromResult(
                KubeLab.Distributions.Distribution.Open("the lab's distribution", RootDirectory / "lab" / "distribution"))
            : Fetcher.FetchAsync(Cluster.Settings.Kubespray, Interruption);

    Task<InstalledAnsible> InstalledAnsible => installedAnsible ??= EnsureInstalledAsync();

    Task<AnsibleEnvironment> Ansible => ansible ??= EnsureAnsibleAsync();

    // What a target finds out takes its place, and is what the targets after it go by.
    Task<Deployment> Deployment => deployment ??= ReadDeploymentAsync();

    Cluster Cluster => field ??= FoundCluster();

    ClusterLocator Locator => new(RootDirectory);

    SecretMask Secrets => field ??= KnownSecrets();

    CommandsInText CommandsInText => new(Inventory, DefaultInventory);

    ConsoleLog Console => field ??= new ConsoleLog(
        TerminalConsole.Create(AsksForSsh ? System.Console.Error : null), TimeProvider.System)
    {
        Mask = text => CommandsInText.Complete(Secrets.Mask(text)),
    };

    RunRecorder Recorder => field ??= new RunRecorder(() => Cluster, Secrets, TimeProvider.System, Interruption)
    {
        Completed = CommandsInText.Complete,
        Checkout = RootDirectory,
    };

    // Programs that this user runs come from there.
    string CachePath => field ??= Environment.IsPrivilegedProcess
        ? TrustedFolder.Require(CacheDirectory.Path, RootDirectory) : CacheDirectory.Path;

    CommandRunner Commands { get; } = new();

    InterruptSignals Signals => field ??= new InterruptSignals(Commands);

    CancellationToken Interruption => Signals.Token;

    INodeShell Shell => field ??= NodeShells.For(Cluster, SshOptions, Commands);

    SshOptions SshOptions => new(Cluster);

    DistributionFetcher Fetcher => new(Commands, Console, CachePath);

    AnsibleInstaller Installer => new(Commands, Console, CachePath);

    DebianPackages Packages => new(Commands, Console);

    CheckChoice CheckChoice => new(Checks, SkipChecks);

    // What a person types once the failure is mended: the same, and what is proven need not run again.
    string ResumeCommand => Typed(
        [.. Arguments.DefaultIfEmpty(nameof(Deploy)), .. Resume || OnlyLooks ? [] : new[] { "--resume" }]);

    // There is nothing to go on with: it looks again.
    bool OnlyLooks => InvokedTargets.Any(target => target.Name == nameof(Status));

    // What a smoke test found is mended in the cluster, not by the playbook.
    string NextCommand => ExecutionPlan.Any(target => target.Name == nameof(SmokeTest) && target.Status == ExecutionStatus.Failed)
        ? TypedAs(nameof(SmokeTest))
        : ResumeCommand;

    // Another target with the same options.
    static string TypedAs(string target) =>
        Typed([target, .. Arguments.SkipWhile(each => !each.StartsWith('-')).Where(each => each != "--resume")]);

    static IEnumerable<string> Arguments => Environment.GetCommandLineArgs().Skip(1);

    static string Typed(IEnumerable<string> arguments) =>
        string.Join(' ', arguments.Select(ShellWords.Quote).Prepend("./build.sh"));

    protected override void OnBuildInitialized()
    {
        Signals.TakeOver(isFirst =>
        {
            ExitCode = InterruptedExitCode;
            if (isFirst)
                Console.Warning("Interrupted: letting what runs come to its end. Once more to stop at once.");
        });
        VerifyChecks();
        try
        {
            ExtraVariables.Check(ExtraVars);
        }
        catch (UserError error)
        {
            throw Secrets.Mask(error);
        }
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

    // What a target that leaves no record says in the end; the build engine shows it as it is.
    async Task CleanAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (UserError error)
        {
            throw Secrets.Mask(error);
        }
    }

    Task RecordedAsync(string target, Func<Task> work) => Recorder.RunAsync(target, work);

    async Task<InstalledAnsible> EnsureInstalledAsync() =>
        await Installer.EnsureAsync(await FetchedDistribution, Cluster, Interruption);

    async Task<AnsibleEnvironment> EnsureAnsibleAsync()
    {
        var toolchain = (await InstalledAnsible).Toolchain;
        return new AnsibleEnvironment(Cluster, await FetchedDistribution, toolchain, SshOptions)
        {
            ExtraVariables = OverridingVariables,
            Accelerator = await new AcceleratorFinder(Commands, Console, CachePath)
                .EnsureAsync(toolchain, Cluster.Settings.Ansible, Interruption),
        };
    }

    async Task<Deployment> ReadDeploymentAsync()
    {
        var environment = await Ansible;
        if (Rehearses)
            begunRehearsal = RehearsingAnsible.BeginAsync(Commands, environment, OverridingVariables);
        // Nobody waits for it, and without nodes to ask it is for nothing.
        if (ValidatesNodes)
            _ = Task.Run(
                async () => await PreflightWarmUp.RunAsync(environment, Shell, Interruption) is { } found
                    ? FindingsMarkdown.Write(found)
                    : null,
                Interruption);
        return await new DeploymentReader(Commands, Secrets, RootDirectory).ReadAsync(environment, Interruption);
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
        mask.Add(
        [
            .. SecretSources.OfEnvironment(Environment.GetEnvironmentVariables()),
            .. SecretSources.OfExtraVariables(ExtraVars),
        ]);
        return mask;
    }
}
