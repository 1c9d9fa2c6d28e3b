using System.Globalization;
using System.Text.Json;
using KubeLab.Clusters;

namespace KubeLab.Lab.Tests.Kubespray;

/// <summary>
/// Real Kubespray on the lab's machines, as a person deploys it: <c>inventory/lab-kubespray</c> with what the release is told beside
/// it, a bundle that KubeLab serves on the lab's bridge, and a pod network of one's own, as none can be had.
/// </summary>
public sealed class KubesprayMachine : IAsyncLifetime
{
    private static readonly Dictionary<string, SettingValue> Nothing = [];

    private readonly LabMachine machine = new();
    private readonly KubesprayParts parts = KubesprayParts.Find(Era, Environment.GetEnvironmentVariable, CacheDirectory.Path);

    /// <summary>The release that is deployed.</summary>
    public static Era Era => Era.Old;

    public static IReadOnlyDictionary<string, string> Nodes { get; } = new Dictionary<string, string>
    {
        ["ks-m0"] = "10.86.0.30",
        ["ks-n0"] = "10.86.0.31",
        ["ks-n1"] = "10.86.0.32",
    };

    /// <summary>The machines that a story may have beside those.</summary>
    public static IReadOnlyDictionary<string, string> MoreNodes { get; } = new Dictionary<string, string>
    {
        ["ks-m1"] = "10.86.0.33",
        ["ks-m2"] = "10.86.0.34",
        ["ks-m3"] = "10.86.0.35",
    };

    /// <summary>A copy of <c>inventory/lab-kubespray</c>.</summary>
    public static string Inventory { get; } = Path.Combine(Folder, "lab-kubespray");

    public static string Artifacts => new ClusterLocator(LabMachine.Root).Find(Inventory, Nothing, Nothing).ArtifactsDirectory;

    public static string Kubeconfig => Path.Combine(Artifacts, "admin.conf");

    /// <summary>The record of the last run.</summary>
    public static string LastRecord() =>
        Directory.GetDirectories(Path.Combine(Artifacts, "runs")).Order(StringComparer.Ordinal).Last();

    // A bundle has a manifest; of what one can be made from, one is made.
    private bool IsBundle => File.Exists(Path.Combine(parts.Bundle!, "manifest.json"));

    private string Bundle => IsBundle ? parts.Bundle! : Path.Combine(Folder, IsNext ? "next bundle" : "bundle");

    /// <summary>Whether workers ask the API through an nginx of their own, as the release has it by default: where its image is there.</summary>
    public bool HasLocalBalancer =>
        Directory.EnumerateFileSystemEntries(Path.Combine(parts.Bundle!, "images"), "*nginx*", SearchOption.AllDirectories).Any();

    private static string Folder => KeptStory.Folder ?? LabMachine.Folder.FullName;

    private static string EraFile => Path.Combine(Inventory, "group_vars", "all", "20-era.yml");

    private static bool IsNext =>
        File.Exists(EraFile) && File.ReadAllText(EraFile).Contains($"kube_version: {Era.Next}", StringComparison.Ordinal);

    /// <summary>Skips the chapter where a part is missing, and says which and how to get it; and where the story begins later.</summary>
    public void SkipUnlessComplete()
    {
        LabMachine.SkipUnlessRoot();
        Assert.SkipUnless(parts.Missing.Count == 0, string.Join("\n", parts.Missing));
        KeptStory.SkipEarlierChapters();
    }

    public async ValueTask InitializeAsync()
    {
        if (Environment.UserName != "root" || parts.Missing.Count > 0)
            return;
        Environment.SetEnvironmentVariable("PATH", $"{parts.Ansible}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}");
        if (!KeptStory.GoesOn)
            await BeginAnewAsync();
        await NodeTraffic.CountAsync();
    }

    private async Task BeginAnewAsync()
    {
        if (Directory.Exists(Inventory))
        {
            (await BuildAsync("LabDown", "--bundle", Bundle)).ShouldSucceed();
            Directory.Delete(Folder, recursive: true);
        }

        await NodeTraffic.EndAsync();
        WriteInventory();
        (await BuildAsync("LabDown")).ShouldSucceed();
        (await BuildAsync("LabUp")).ShouldSucceed();
        if (!IsBundle)
            await MakeBundleAsync();
        await GivePodNetworkAsync(Nodes.Keys);
    }

    /// <summary>Makes the inventory ask for the next Kubernetes, with a bundle that has it in the place of the first; skips the chapter
    /// where the parts lack it.</summary>
    public async Task GoToNextAsync()
    {
        Assert.SkipUnless(!IsBundle && Era.Has(parts.Bundle!, Era.Next), $"{parts.Bundle} has no parts of Kubernetes {Era.Next} to bundle beside those of {Era.Kubernetes}.");
        (await BuildAsync("ServeBundle", "--bundle", Bundle, "--stop")).ShouldSucceed();
        File.WriteAllText(EraFile, File.ReadAllText(EraFile).Replace($"kube_version: {Era.Kubernetes}", $"kube_version: {Era.Next}", StringComparison.Ordinal));
        File.WriteAllText(Path.Combine(Path.GetDirectoryName(EraFile)!, "30-checksums.yml"), Era.ChecksumsOf(parts.Bundle!, Era.Kubernetes));
        await MakeBundleAsync();
    }

    private async Task MakeBundleAsync() => (await BuildAsync(
        "BundleArtifacts", "--bundle-from", parts.Bundle!, "--bundle", Bundle, "--bundle-parts", "files,images,packages",
        "--bundle-system", "debian-12", "--smoke-image", "docker.io/library/busybox:1.35")).ShouldSucceed();

    public async ValueTask DisposeAsync()
    {
        if (KeptStory.Folder is null && Directory.Exists(Inventory))
        {
            await BuildAsync("LabDown", "--bundle", Bundle);
            await NodeTraffic.EndAsync();
        }

        // All stories share it, and each removes what it made.
        if (Directory.Exists(LabMachine.Folder.FullName))
            LabMachine.Folder.Delete(recursive: true);
    }

    /// <summary>Runs <c>./build.sh</c> with the inventory and the release; its output is kept under <c>artifacts/tests/lab</c>.</summary>
    public Task<KubeLabRun> BuildAsync(params string[] arguments) => machine.BuildWithoutInventoryAsync([.. arguments, .. Cluster]);

    /// <summary>The same for what runs a playbook, which downloads from the bundle.</summary>
    public Task<KubeLabRun> PlayAsync(params string[] arguments) => BuildAsync([.. arguments, .. Offline]);

    /// <summary>Types the command that the last run named to go on with, as a person does.</summary>
    public Task<KubeLabRun> GoOnAsync() => machine.TypeAsync(NamedCommand().ShouldNotBeNull());

    /// <summary>The same, to do something to it while it goes on; a run that came to its end named none, and is done again.</summary>
    public OngoingRun StartToGoOn() => NamedCommand() is { } named ? machine.Type(Artifacts, named) : Start("Deploy");

    private static string? NamedCommand() =>
        Record("run.json").TryGetProperty("goOnWith", out var named) ? named.GetString() : null;

    /// <summary>Changes a file of the inventory until the result is disposed of.</summary>
    public static IDisposable ChangeInventory(string file, Func<string, string> change) =>
        LabMachine.Change(Path.Combine(Inventory, file), change);

    /// <summary>Begins a run that downloads from the bundle, to do something to it while it goes on.</summary>
    public OngoingRun Start(params string[] arguments) => machine.Start(Artifacts, [.. arguments, .. Offline, .. Cluster]);

    /// <summary>Runs the smoke test with the bundle's busybox, and reads what it found.</summary>
    public async Task<SmokeOutcome> SmokeTestAsync() =>
        SmokeOutcome.Read(await PlayAsync("SmokeTest"), Path.Combine(Artifacts, "runs"));

    /// <summary>Where the lab's machines get images from.</summary>
    public const string Registry = "10.86.0.1:8081";

    public static Task<KubeLabRun> KubectlAsync(params string[] arguments) =>
        LabMachine.HereAsync(Path.Combine(Inventory, "artifacts", "kubectl"), ["--kubeconfig", Kubeconfig, .. arguments]);

    /// <summary>A file of the last run's record.</summary>
    public static JsonElement Record(string file) => JsonDocument.Parse(File.ReadAllText(Path.Combine(LastRecord(), file))).RootElement;

    /// <summary>How many tasks the last run began.</summary>
    public static int Tasks() => File.ReadLines(Path.Combine(LastRecord(), "events.jsonl"))
        .Count(line => line.Contains("\"task_start\"", StringComparison.Ordinal));

    /// <summary>The one cause that the last run was explained by, on these nodes.</summary>
    public static JsonElement ShouldBeExplained(string signature, params string[] nodes)
    {
        var explanation = Record("explanations.json").EnumerateArray().ShouldHaveSingleItem();
        explanation.GetProperty("signature").GetString().ShouldBe(signature, explanation.ToString());
        explanation.GetProperty("nodes").EnumerateArray().Select(node => node.GetString()).ShouldBe(nodes, ignoreOrder: true);
        return explanation;
    }

    /// <summary>The names of the cluster's nodes.</summary>
    public static async Task<IReadOnlyList<string>> NodeNamesAsync() =>
        (await KubectlAsync("get", "nodes", "--output", "jsonpath={.items[*].metadata.name}")).ShouldSucceed().Output.Trim().Split(' ');

    /// <summary>A file or folder of the bundle, as it is served.</summary>
    public string InBundle(string path) => Path.Combine(Bundle, path);

    /// <summary>Takes a file or folder of the bundle away until the result is disposed of.</summary>
    public IDisposable TakeAway(string path) => new Away(InBundle(path));

    /// <summary>Kills what serves the bundle, as a machine does that breaks down.</summary>
    public async Task KillMirrorAsync()
    {
        // nginx's workers would outlive their master: the whole group goes.
        foreach (var program in new[] { "nginx", "registry" })
            (await LabMachine.HereAsync("bash", "-c", $"kill -KILL -- -$(ps -o pgid= -p $(cat '{InBundle($".serve/{program}.pid")}') | tr -d ' ')")).ShouldSucceed();
    }

    private sealed class Away : IDisposable
    {
        private readonly string path;

        public Away(string path)
        {
            this.path = path;
            Directory.Move(path, $"{path}.away");
        }

        public void Dispose() => Directory.Move($"{path}.away", path);
    }

    /// <summary>The hosts' lines of the last run's recap.</summary>
    public static IReadOnlyDictionary<string, JsonElement> LastRecap()
    {
        var stats = File.ReadLines(Path.Combine(LastRecord(), "events.jsonl")).Last(line => line.Contains("\"stats\"", StringComparison.Ordinal));
        return JsonDocument.Parse(stats).RootElement.GetProperty("hosts").EnumerateObject().ToDictionary(host => host.Name, host => host.Value);
    }

    /// <summary>Gives nodes the pod network that a release without a plugin leaves to whoever deploys: routes between nodes on one
    /// bridge.</summary>
    public static async Task GivePodNetworkAsync(IEnumerable<string> nodes)
    {
        var addresses = Nodes.Concat(MoreNodes).Where(each => nodes.Contains(each.Key)).Select(each => each.Value).ToList();
        foreach (var address in addresses)
        {
            var routes = addresses.Where(other => other != address).Select(other => $"ip route replace {PodsOf(other)} via {other}");
            (await LabMachine.OnNodeAsync(address, $$$"""
                set -e
                mkdir -p /etc/cni/net.d
                cat > /etc/cni/net.d/10-own.conflist <<END
                {"cniVersion": "0.3.1", "name": "own", "plugins": [
                  {"type": "ptp", "ipam": {"type": "host-local", "ranges": [[{"subnet": "{{{PodsOf(address)}}}"}]], "routes": [{"dst": "0.0.0.0/0"}]}},
                  {"type": "portmap", "capabilities": {"portMappings": true}}]}
                END
                {{{string.Join('\n', routes)}}}
                """)).ShouldSucceed();
        }
    }

    // A part of kube_pods_subnet, as the release has it by default, by the last number of the node's address: 30 and more.
    private static string PodsOf(string address) =>
        $"10.233.{int.Parse(address.Split('.')[^1], CultureInfo.InvariantCulture) + 34}.0/24";

    /// <summary>Writes who is in the cluster; control planes are members of etcd, too.</summary>
    /// <param name="broken">The control planes that never come back.</param>
    public static void WriteNodes(string[] controlPlanes, string[] workers, params string[] broken)
    {
        string[] Group(string name, IEnumerable<string> nodes) => ["", $"[{name}]", .. nodes];
        string Line(string node) => $"{node} ansible_host={Nodes.GetValueOrDefault(node) ?? MoreNodes[node]} lab_memory_mb=2560"
            + (node.StartsWith("ks-m", StringComparison.Ordinal) ? $" etcd_member_name=etcd{int.Parse(node[4..], CultureInfo.InvariantCulture) + 1}" : "");
        File.WriteAllLines(
            Path.Combine(Inventory, "inventory.ini"),
            [
                "[all]", .. controlPlanes.Concat(broken).Concat(workers).Select(Line),
                .. Group("kube_control_plane", controlPlanes), .. Group("etcd", controlPlanes), .. Group("kube_node", workers),
                .. broken.Length == 0 ? [] : Group("broken_kube_control_plane", broken).Concat(Group("broken_etcd", broken)),
                .. Group("k8s_cluster:children", ["kube_control_plane", "kube_node"]),
            ]);
    }

    // A repository is fetched from, as the public one would be; a tree is taken as it is.
    private string[] Cluster =>
    [
        "--inventory", Inventory,
        .. File.Exists(Path.Combine(parts.Checkout!, "cluster.yml")) && !Path.Exists(Path.Combine(parts.Checkout!, ".git"))
            ? new[] { "--kubespray-path", parts.Checkout! }
            : ["--kubespray-url", parts.Checkout!, "--kubespray-version", Era.Tag],
    ];

    private string[] Offline => ["--bundle", Bundle];

    private void WriteInventory()
    {
        LabMachine.CopyFolder(Path.Combine(LabMachine.Root, "inventory", "lab-kubespray"), Inventory);
        var all = Directory.CreateDirectory(Path.Combine(Inventory, "group_vars", "all")).FullName;
        File.Move(Path.Combine(Inventory, "group_vars", "all.yml"), Path.Combine(all, "10-lab.yml"));
        File.Copy(Era.Variables, Path.Combine(all, "20-era.yml"));
        File.WriteAllText(Path.Combine(all, "30-checksums.yml"), Era.ChecksumsOf(parts.Bundle!, Era.Next));
        if (HasLocalBalancer)
            File.WriteAllText(Path.Combine(all, "40-balancer.yml"), "---\nloadbalancer_apiserver_localhost: true\n");
    }
}
