using KubeLab.Distributions;
using KubeLab.Ssh;
using Nuke.Common;

// Writing a cluster down, and knowing its machines again.
sealed partial class Build
{
    [Parameter("NewCluster: the name of the cluster, and of its folder under inventory/")]
    readonly string? Name;

    [Parameter("NewCluster: the machines, control plane first: addresses, or name=address, with commas between them",
        Name = "Nodes", Separator = ",")]
    readonly string[] NewNodes = [];

    [Parameter("NewCluster: how many of the machines run the control plane. Default: 1")]
    readonly int ControlPlanes = 1;

    [Parameter("PinHosts: pins the keys of machines that show another one than before. Default: no")]
    readonly bool ReplacePins;

    Target NewCluster => _ => _
        .Description("Writes inventory/<name> from the Kubespray version's own sample (--name, --nodes); never overwrites")
        .Executes(() => CleanAsync(async () =>
        {
            var plan = NewClusterPlan.Parse(Name, NewNodes, ControlPlanes);
            var kubespray = new SettingsBinder(Layers.Overrides, Layers.Defaults).Bind().Kubespray;
            var distribution = await Fetcher.FetchAsync(kubespray, Interruption);
            var directory = new NewClusterWriter(RootDirectory).Write(plan, distribution.Directory, kubespray);
            Console.Done(
                $"{Locator.Shown(directory)}: {plan.ControlPlane.Count} control plane, {plan.EtcdMembers.Count} etcd, {plan.Workers.Count} workers");
            Console.Info(
                $"Next: ./build.sh PinHosts --inventory {plan.Name}, then ./build.sh ValidateNodes --inventory {plan.Name}");
        }));

    Target PinHosts => _ => _
        .Description("Asks the nodes for their host keys, shows the fingerprints, and pins them in the cluster's folder")
        .DependsOn(InstallRequirements)
        .Executes(() => CleanAsync(async () =>
        {
            var pins = new HostPins(Cluster);
            pins.RequireInForce();
            var scanner = new HostKeyScanner(SshOptions, Commands);
            var inventory = (await Deployment).Inventory;
            var nodes = inventory.Nodes.Concat(inventory.Others).Where(node => !node.IsLocal).ToList();
            var keys = await Task.WhenAll(nodes.Select(node => scanner.ScanAsync(node, cancellationToken: Interruption)));
            var hosts = pins.Compare(nodes.Zip(keys).ToDictionary(each => each.First.Name, each => each.Second));
            new HostPinsTable(Console).Show(hosts);
            pins.Pin(hosts, ReplacePins);
            Console.Done($"Pinned in {Locator.Shown(Cluster.PinnedHostsFile)}: from now on, another key is refused.");
        }));
}
