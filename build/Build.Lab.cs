using KubeLab.Bundles;
using KubeLab.Lab;
using KubeLab.Ssh;
using Nuke.Common;

// The embedded lab: nodes on this machine, for a cluster with nothing of one's own.
sealed partial class Build
{
    [Parameter("LabDown also removes the node image from the cache. Default: no, as it takes minutes to make")]
    readonly bool RemoveImage;

    Target LabUp => _ => _
        .Description("Makes the lab's nodes, resizes them to the inventory, and starts them (as root, on Linux)")
        .DependsOn(InstallRequirements)
        .OnlyWhenDynamic(() => UsesLab)
        .Executes(() => RecordedAsync(nameof(LabUp), async () =>
        {
            TakeLock();
            var inventory = (await Deployment).Inventory;
            var hasWayOut = LabInventory.HasWayOut(inventory) && !DownloadsFromBundle;
            var changes = await Lab.UpAsync(LabInventory.Read(inventory), hasWayOut, Interruption);
            if (changes.Values.Contains(NodeChange.Created))
                Ledger.Forget(nameof(InstallCluster));
        }));

    Target LabDown => _ => _
        .Description("Removes the lab's nodes and all that belongs to them, and serves no bundle; the node image stays in the cache")
        .Requires(() => UsesLab)
        .Executes(() => CleanAsync(async () =>
        {
            TakeLock();
            await new OpenSshShell(SshOptions, Commands).CloseAsync(Interruption);
            if (await BundleServer.StopAsync(Commands, BundleDirectory, Interruption))
                Console.Done($"{Locator.Shown(BundleDirectory)} is served no more.");
            PackagesOnNodes.Forget();
            await Lab.DownAsync(RemoveImage, Interruption);
            Ledger.Forget(nameof(InstallCluster));
        }));

    Target LabStatus => _ => _
        .Description("Shows the lab's nodes; changes nothing")
        .Requires(() => UsesLab)
        .DependsOn(InstallRequirements)
        .Executes(async () => new LabTable(Console).Show(
            await Lab.StatusAsync(LabInventory.Read((await Deployment).Inventory), Interruption)));

    // LabUp makes the lab's own.
    string? OwnPrivateKey => UsesLab ? null : Cluster.Settings.Ssh.PrivateKey;

    LocalLab Lab => new(
        new LabImage(new LabRecipe(RootDirectory / "lab" / "image"), CachePath, Commands, Console),
        Packages, Commands, Console, TimeProvider.System);
}
