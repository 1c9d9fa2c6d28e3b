using KubeLab.Ansible;
using KubeLab.Clusters;
using KubeLab.Diagnosis;
using KubeLab.Distributions;
using KubeLab.Records;
using KubeLab.Ssh;
using KubeLab.Tests.Clusters;
using KubeLab.Tests.Machines;
using Microsoft.Extensions.Time.Testing;

namespace KubeLab.Tests.Ansible;

/// <summary>A small distribution and a cluster whose nodes are the control machine itself, run by the real Ansible.</summary>
internal sealed class AnsibleScene : IDisposable
{
    public const string Inventory = """
        [all]
        k8s-m0 ansible_connection=local
        k8s-n0 ansible_connection=local

        [kube_control_plane]
        k8s-m0

        [etcd]
        k8s-m0

        [kube_node]
        k8s-n0
        """;

    public AnsibleScene(string inventory = Inventory, ClusterSettings? settings = null)
    {
        Programs.Require(AnsibleFinder.Playbook);
        Directory.Write("distribution/cluster.yml", "- hosts: all\n  gather_facts: false\n  tasks: []\n");
        Directory.Write("cluster/inventory.ini", inventory);
        Cluster = new Cluster(
            "mycluster", Directory.File("cluster"), Directory.File("cluster/inventory.ini"),
            settings ?? new ClusterSettings { Ssh = new() { ConnectTimeout = TimeSpan.FromSeconds(2) } }, Directory.File("artifacts/mycluster"));
        Record = new RunRecord(Cluster, TimeProvider.System.GetUtcNow());
    }

    public TemporaryDirectory Directory { get; } = new();

    public Cluster Cluster { get; }

    public RunRecord Record { get; }

    public CommandRunner Commands { get; } = new();

    public Distribution Distribution => Distribution.Open("a small one", Directory.File("distribution"));

    public ConsoleLog Console { get; init; } = Consoles.Silent();

    private async Task<FailureExplainer> ExplainerAsync()
    {
        var shell = new OpenSshShell(new SshOptions(Cluster), Commands);
        var become = new NodeBecome(Cluster.Settings.Become);
        return new(
            new SignatureMatcher(SignatureCatalog.Load(), Distribution.Directory, "./build.sh Deploy --resume"), new NodeLogs(shell, become), Console,
            Record, new DownloadLookup(new DownloadResolver(Commands, await EnvironmentAsync()), shell, become),
            // A machine that is busy with other tests takes its time.
            new FakeTimeProvider());
    }

    /// <summary>Writes cluster.yml: tasks on a pattern of hosts.</summary>
    public void Tasks(string tasks, string hosts = "all") => Directory.Write("distribution/cluster.yml", $"""
        - name: A play
          hosts: {hosts}
          gather_facts: false
          tasks:
        {string.Join('\n', tasks.Split('\n').Select(line => $"    {line}"))}
        """);

    public Accelerator? Accelerator { get; init; }

    public async Task<AnsibleEnvironment> EnvironmentAsync() =>
        new(Cluster, Distribution, await RealAnsible.ToolchainAsync(), new SshOptions(Cluster)) { Accelerator = Accelerator };

    public async Task<Inventory> NodesAsync() =>
        await new InventoryReader(Commands, await EnvironmentAsync(), Directory.Path).ReadAsync();

    public async Task<PlayRecap> RunAsync(PlaybookOptions? options = null, CancellationToken cancellationToken = default)
    {
        var nodes = await NodesAsync();
        return await (await PlaybookAsync()).RunAsync("cluster.yml", nodes, options ?? new PlaybookOptions(), cancellationToken);
    }

    public async Task<ClusterInstallation> InstallationAsync()
    {
        var deployment = new Deployment(await EnvironmentAsync(), await NodesAsync(), Directory.Path);
        return new(new ClusterPlaybook(await PlaybookAsync(), new HostLimit(Commands, deployment.Ansible), deployment, Console), deployment, Console);
    }

    private async Task<PlaybookRunner> PlaybookAsync() => new(
        Commands, Console, new PlaybookViews(Console, TimeProvider.System, verbose: false), await ExplainerAsync(),
        await EnvironmentAsync(), Record);

    public void Dispose()
    {
        if (System.IO.Directory.Exists(new SshOptions(Cluster).ControlDirectory))
            System.IO.Directory.Delete(new SshOptions(Cluster).ControlDirectory, recursive: true);
        Directory.Dispose();
    }
}
