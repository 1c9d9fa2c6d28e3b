using KubeLab.Clusters;
using KubeLab.Commands;
using KubeLab.Smoke;
using Nuke.Common;

// Does the cluster work?
sealed partial class Build
{
    [Parameter("How deep the smoke test goes: 0 reads only, 1 also runs pods in a namespace of its own. Default: 1")]
    readonly int Tier = 1;

    // A control plane that has just been started needs a minute or two until its probes are through.
    const string WaitAfterInstallation = "3m";

    [Parameter("How long the smoke test waits for the cluster to settle, as 10m. Default: 3m after InstallCluster, else not at all")]
    readonly string? Wait;

    [Parameter("How many times in a row the reading checks have to pass. Default: 1")]
    readonly int Count = 1;

    [Parameter("The image of the smoke test's pods: a busybox. Default: what kubelab.yml says, else the public one")]
    readonly string? SmokeImage;

    Target SmokeTest => _ => _
        .Description("Proves that the cluster works; alone, it tests the cluster that is there")
        .DependsOn(FetchKubeconfig)
        .After(InstallCluster)
        .Executes(async () =>
        {
            var runner = new SmokeRunner(await KubectlAsync(), Console, TimeProvider.System);
            var report = await runner.RunAsync(SmokeOptions, Expectations(await Nodes), Interruption);
            File.WriteAllText(Record.File("smoke.json"), SmokeJson.Write(report));
            File.WriteAllText(Record.File("smoke.junit.xml"), SmokeJUnit.Write(report));
            Summary.Add(SmokeMarkdown.Write(report));
            new SmokeTable(Console).Show(report);
            if (report.ExitCode == 0)
                return;
            ExitCode = report.ExitCode;
            throw new UserError(report.Verdict);
        });

    SmokeOptions SmokeOptions => new()
    {
        Tier = Tier,
        Checks = Checks,
        SkipChecks = [.. SkipChecks, .. Cluster.Settings.Smoke.Skip],
        Wait = (Wait ?? (hasInstalled ? WaitAfterInstallation : null)) is { } wait ? Durations.Parse(wait, "--wait") : TimeSpan.Zero,
        Count = Count,
        Image = SmokeImage ?? Cluster.Settings.Smoke.Image,
        Mirror = Cluster.Settings.Smoke.Mirror,
        Timeout = Cluster.Settings.Smoke.Timeout,
    };

    async Task<IKubectl> KubectlAsync()
    {
        var controlPlane = (await Nodes).ControlPlane;
        return new KubectlFinder(Commands).Find(
            [Path.Combine(Cluster.Directory, "artifacts")],
            Kubeconfig ?? Cluster.KubeconfigFile,
            controlPlane.Count == 0 ? null : () => new NodeKubectl(Shell, controlPlane[0], ["sudo", "-n", "-u", Cluster.Settings.Become.User]));
    }

    static SmokeExpectations Expectations(Inventory inventory) => new()
    {
        Nodes = [.. inventory.Nodes.Select(node => new ExpectedNode(node.Name, node.IsControlPlane, node.IsEtcdMember, node.Text("ip"), node.JoinsCluster))],
        Version = inventory.ControlPlane.Count == 0 ? null : inventory.ControlPlane[0].Text("kube_version"),
    };
}
