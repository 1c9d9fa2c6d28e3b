using KubeLab.Ansible;
using KubeLab.Bundles;
using KubeLab.Lab;
using Nuke.Common;

// What a deployment without the Internet needs: all that it downloads, in a folder, and that folder served.
sealed partial class Build
{
    static Group OptionsOfBundles => new(
        "A bundle",
        [
            nameof(Bundle), nameof(BundleFrom), nameof(BundleParts), nameof(BundleSystem), nameof(BundleArchitecture),
            nameof(PackageSources), nameof(ListOnly), nameof(Address), nameof(Port), nameof(Background), nameof(Stop),
            nameof(RedirectPackages),
        ]);

    [Parameter(
        "The bundle's folder; Deploy and what comes after it download from it alone. Default: artifacts/<cluster>/bundle, and the public hosts")]
    readonly string? Bundle;

    [Parameter(
        "BundleArtifacts: a mirror whose first folders are the hosts, or a folder like a bundle. Default: the public hosts")]
    readonly string? BundleFrom;

    [Parameter("BundleArtifacts: only files, images, packages, python or collections. Default: all", Separator = ",")]
    readonly string[] BundleParts = [];

    [Parameter("BundleArtifacts: the nodes' operating system, as debian-12. Default: what they said last, else this machine's")]
    readonly string? BundleSystem;

    [Parameter("BundleArtifacts: the nodes' architecture, as amd64. Default: what they said last, else amd64")]
    readonly string? BundleArchitecture;

    [Parameter("BundleArtifacts: lines of sources.list for the nodes' system, with ; between them. Default: this machine's own",
        Separator = ";")]
    readonly string[] PackageSources = [];

    [Parameter("BundleArtifacts: shows what would be loaded with its size, and loads nothing. Default: no")]
    readonly bool ListOnly;

    [Parameter("ServeBundle, --bundle: the address to serve on. Default: that of the lab's bridge, for the lab's network alone")]
    readonly string? Address;

    [Parameter("ServeBundle, --bundle: the port of the files; the registry has the next one. Default: 8080")]
    readonly int Port = 8080;

    [Parameter("ServeBundle: goes on in the background, until --stop. Default: until Ctrl+C")]
    readonly bool Background;

    [Parameter("ServeBundle: ends what serves in the background. Default: no")]
    readonly bool Stop;

    [Parameter(
        "ServeBundle, --bundle: leads apt on the nodes to the bundle's packages, and back when it ends. Default: no, but in the lab")]
    readonly bool RedirectPackages;

    Target BundleArtifacts => _ => _
        .Description("Loads all that this inventory's deployment downloads into a folder, for machines without the Internet")
        .DependsOn(InstallRequirements)
        .Executes(() => RecordedAsync(nameof(BundleArtifacts), async () =>
        {
            var current = await Deployment;
            var source = BundleSource.Parse(BundleFrom);
            var parts = KubeLab.Bundles.BundleParts.Choose(BundleParts);
            var system = TargetSystem.Find(Cluster, BundleSystem, BundleArchitecture);
            var lister = new DownloadLister(Commands, current.Ansible, current.Inventory);
            var plan = await Console.WatchAsync(
                "Asking Ansible what is downloaded",
                BundlePlan.MakeAsync(lister, current, system, SmokeOptions.PodImage, Interruption));
            var run = new BundleRun(Commands, Console, TimeProvider.System, source, BundleDirectory);
            if (ListOnly)
                await run.ListAsync(plan, parts, Interruption);
            else
                await run.LoadAsync(
                    plan, parts,
                    new BundleToolchain(
                        current.Distribution, current.Ansible.Toolchain, Cluster.Settings.Ansible, PackageSources),
                    Interruption);
        }));

    Target ServeBundle => _ => _
        .Description("Serves a bundle with nginx and a registry, and writes offline.yml, which leads a deployment there")
        .DependsOn(FetchDistribution)
        .Executes(() => CleanAsync(async () =>
        {
            if (Stop)
            {
                if (PackagesOnNodes.AreRedirected)
                    await PackagesOnNodes.PutBackAsync((await Deployment).Inventory.Nodes, Interruption);
                Console.Done(await BundleServer.StopAsync(Commands, BundleDirectory, Interruption)
                    ? $"{BundleDirectory} is served no more." : $"{BundleDirectory} was not served in the background.");
                return;
            }

            var bundle = BundleFolder.Open(BundleDirectory);
            bundle.Require(await FetchedDistribution, TargetSystem.Said(Cluster)?.Architecture);
            await Console.WatchAsync("Looking at every file of the bundle", bundle.VerifyAsync(Interruption));
            var server = new BundleServer(Commands, Console, bundle, ServeOptions);
            if (Background)
            {
                await server.StartAsync(Interruption);
                await BeginServingAsync(bundle);
                return;
            }

            try
            {
                await server.ServeAsync(() => BeginServingAsync(bundle), Interruption);
            }
            finally
            {
                if (PackagesOnNodes.AreRedirected)
                    await PackagesOnNodes.PutBackAsync((await Deployment).Inventory.Nodes, CancellationToken.None);
            }
        }));

    Target UseBundle => _ => _
        .Description("Serves the bundle that --bundle names in the background, and leads the lab's apt there; it goes on being served")
        .DependsOn(InstallRequirements)
        .After(LabUp)
        .OnlyWhenDynamic(() => DownloadsFromBundle)
        .Executes(() => RecordedAsync(nameof(UseBundle), async () =>
        {
            var bundle = BundleFolder.Open(BundleDirectory);
            bundle.Require(await FetchedDistribution, TargetSystem.Said(Cluster)?.Architecture);
            var server = new BundleServer(Commands, Console, bundle, ServeOptions);
            if (!await server.IsServedAsync(Interruption))
            {
                await Console.WatchAsync("Looking at every file of the bundle", bundle.VerifyAsync(Interruption));
                await server.StartAsync(Interruption);
            }

            if (LeadsPackages && (RedirectPackages || (UsesLab && bundle.HasPackages)))
                await PackagesOnNodes.RedirectReachableAsync(
                    (await Deployment).Inventory.Nodes, bundle.RepositoryAt(ServeOptions.Files), Interruption);
            Console.Done($"{Locator.Shown(bundle.Path)} is served on {ServeOptions.Files}, until {StopServing}");
        }));

    // What only looks at nodes changes nothing there.
    bool LeadsPackages => ExecutionPlan.Any(ChangesCluster) || InvokedTargets.Any(target => target.Name == nameof(UseBundle));

    NodePackageSources PackagesOnNodes => new(Shell, Become, Console, BundleDirectory);

    ServeOptions ServeOptions => KubeLab.Bundles.ServeOptions.Of(
        Address, Port, LabNetwork.Default.Gateway, LabNetwork.Default.Subnet);

    async Task BeginServingAsync(BundleFolder bundle)
    {
        if (RedirectPackages)
            await PackagesOnNodes.RedirectAsync(
                (await Deployment).Inventory.Nodes, bundle.RepositoryAt(ServeOptions.Files), Interruption);
        var allowed = ServeOptions.Allowed?.ToString() ?? "whoever reaches them";
        Console.Done($"Files on {ServeOptions.Files}, images on {ServeOptions.Registry}, for {allowed}.");
        Console.Info($"Next: {WithThisBundle(nameof(Deploy))}");
    }

    // Who makes or serves a bundle names its folder; whoever else names one downloads from it.
    bool DownloadsFromBundle => Bundle is not null
        && !ExecutionPlan.Any(target => target.Name is nameof(BundleArtifacts) or nameof(ServeBundle) or nameof(LabDown));

    // Where it will be served is known before it is: the inventory is read with it from the first look on.
    string? OverridingVariables => overridingVariables ??= DownloadsFromBundle ? $"@{WrittenOffline()}" : ExtraVars;

    string? overridingVariables;

    string? BundledSmokeImage => SmokeImage is null && DownloadsFromBundle
        ? BundleFolder.Open(BundleDirectory).SmokeImageAt(ServeOptions.Registry) : null;

    string WrittenOffline()
    {
        if (ExtraVars is not null)
            throw new UserError(
                "--bundle and --extra-vars can't both be given: the bundle's offline.yml is given to Ansible as extra variables.",
                $"Set yours in the group_vars of {Locator.Shown(Cluster.InventoryFile)}.");
        var bundle = BundleFolder.Open(BundleDirectory);
        OfflineFile.Write(bundle, ServeOptions);
        return OfflineFile.PathOf(bundle.Path);
    }

    // As it was asked for, with all that made this run what it is but how long it serves.
    string WithThisBundle(params string[] words) => Typed(
    [
        .. words,
        .. Bundle is null ? ["--bundle", Locator.Shown(BundleDirectory)] : Array.Empty<string>(),
        .. Arguments.SkipWhile(each => !each.StartsWith('-'))
            .Where(each => each.ToLowerInvariant() is not ("--background" or "--stop" or "--resume")),
    ]);

    string StopServing => WithThisBundle(nameof(ServeBundle), "--stop");

    string BundleDirectory => Path.GetFullPath(Bundle ?? Path.Combine(Cluster.ArtifactsDirectory, "bundle"));
}
