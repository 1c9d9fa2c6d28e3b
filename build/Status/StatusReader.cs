using KubeLab.Ansible;
using KubeLab.Distributions;
using KubeLab.Kubernetes;
using KubeLab.Lifecycle;
using KubeLab.Preflight;
using KubeLab.Smoke;
using KubeLab.Ssh;
using KubeLab.Variables;

namespace KubeLab.Status;

/// <summary>Reads what was asked for and what is there: nodes, API and release at once, each node in three round trips.
/// Nothing is changed on a node, and nothing is written but the run's record.</summary>
public sealed class StatusReader(
    Deployment deployment, INodeShell shell, SshOptions ssh, CommandRunner commands, AssertRehearsal rehearsal, ConsoleLog log,
    TimeProvider time)
{
    private const string Script = "Status/status.sh";

    // What works is looked at here by itself, or takes longer than a status may.
    private static readonly string[] ComparedHere = ["node-taints", "version", "certificate-requests", "restarts",
        "node-clocks", "etcd-store"];

    private static readonly string[] LookedAt =
        [KubeletConfigurationCheck.File, "/etc/kubernetes/kubelet.conf", "/etc/kubernetes/admin.conf"];

    // The API's answer to each read; what is slower is no answer.
    private static readonly TimeSpan ReadLimit = TimeSpan.FromSeconds(7);

    /// <summary>The variables that are compared.</summary>
    public static IReadOnlyList<string> Variables { get; } =
    [
        .. CertificateProber.Variables, "etcd_version", "etcd_quota_backend_bytes", "container_manager", "containerd_version",
        "crio_version", "docker_version", "kube_network_plugin", "calico_version", "canal_version", "cilium_version",
        "flannel_version", "kube_router_version", "kube_ovn_version", "weave_version", "kube_service_addresses",
        "kube_service_subnets", "skydns_server",
    ];

    private static readonly string[] OfNodes = ["node_labels", "node_taints"];

    /// <summary>How the API is asked; throws where there is no kubeconfig.</summary>
    public required Func<Task<IKubectl>> Kubectl { get; init; }

    /// <summary>etcd's own client, for clusters whose etcd is no pod.</summary>
    public IEtcdClient? Etcd { get; init; }

    /// <summary>When etcd was last backed up; null where no backup is recorded.</summary>
    public DateTimeOffset? LastBackup { get; init; }

    /// <summary>Masks what is known as secret.</summary>
    public Func<string, string> Mask { get; init; } = text => text;

    /// <summary>Reads it all.</summary>
    public async Task<StatusScene> ReadAsync(CancellationToken cancellationToken = default)
    {
        var nodes = deployment.Inventory.Nodes;
        var settings = deployment.Cluster.Settings;
        var prober = new NodeProber(shell, settings, time);
        var variables = deployment.Variables.ResolveAsync(
            OfNodes, Variables, new TemplateEvaluator(commands, deployment.Ansible).ResolveAsync, cancellationToken);
        var probing = ProbeAsync(prober, nodes, cancellationToken);
        var keys = HostKeysAsync(nodes, cancellationToken);
        var contents = ContentsAsync(prober, probing, cancellationToken);
        var kubernetes = deployment.Kubernetes.Version;
        var cluster = AskClusterAsync(SmokeExpectations.Of(deployment.Inventory, kubernetes), cancellationToken);
        var certificates = CertificatesAsync(prober, probing, await variables, cancellationToken);
        var (release, says) = await contents;
        var shown = await keys;
        var (api, smoke, stores) = await cluster;
        return new StatusScene
        {
            Inventory = deployment.Inventory,
            Variables = await variables,
            Kubernetes = kubernetes,
            Etcd = kubernetes is null ? null
                : EtcdUpgrade.Brings(await variables, kubernetes, deployment.Distribution.EtcdVersions),
            Nodes = [.. (await probing).Select(node => new NodeStatus(
                node, says.GetValueOrDefault(node.Name).Says,
                    says.GetValueOrDefault(node.Name).Problem ?? (node.Failure?.Message),
                shown.GetValueOrDefault(node.Name)))],
            Release = release,
            Api = api,
            ApiAnswers = !smoke.Any(check => check.HadNoAnswer),
            Smoke = smoke,
            Stores = stores,
            Certificates = new CertificateReport(deployment.Cluster.Name, time.GetUtcNow(), await certificates),
            CertificateReserve = settings.Smoke.CertificateReserve,
            LastBackup = LastBackup,
            At = time.GetUtcNow(),
            Shown = deployment.Shown,
            Mask = Mask,
        };
    }

    private async Task<IReadOnlyList<ProbedNode>> ProbeAsync(
        NodeProber prober, IReadOnlyList<Node> nodes, CancellationToken cancellationToken)
    {
        var probed = await prober.ProbeAsync(nodes, _ => new ProbeRequest(), null, cancellationToken);
        return await prober.LookAgainAtClocksAsync(probed, cancellationToken);
    }

    private static List<Node> Answering(IEnumerable<ProbedNode> nodes) =>
        [.. nodes.Where(node => node.Facts is not null).Select(node => node.Node)];

    // A node that is off is waited for once.
    private async Task<IReadOnlyList<NodeCertificates>> CertificatesAsync(
        NodeProber prober, Task<IReadOnlyList<ProbedNode>> probing, ClusterVariables variables,
            CancellationToken cancellationToken) =>
        await new CertificateProber(shell, prober).AskAsync(Answering(await probing), variables, cancellationToken);

    private async Task<(ReleaseFiles Release, IReadOnlyDictionary<string,
        (NodeContent? Says, string? Problem)> Says)> ContentsAsync(
        NodeProber prober, Task<IReadOnlyList<ProbedNode>> probing, CancellationToken cancellationToken)
    {
        var rendering = rehearsal.RenderAsync(FactsAsync(probing, cancellationToken), cancellationToken);
        var answering = Answering(await probing);
        var release = await rendering;
        var says = new ConcurrentDictionary<string, (NodeContent? Says, string? Problem)>();
        var limits = new ParallelOptions
        { MaxDegreeOfParallelism = NodeProber.DefaultConcurrency, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(answering, limits, async (node, token) =>
        {
            string[] files = [.. release.Written.Where(file => file.Host == node.Name).Select(file => file.Dest)
                .Append(KubeletConfigurationCheck.File).Distinct()];
            says[node.Name] = await AskAsync(prober, node, files, token);
        });
        return (release, says);
    }

    private async Task<IReadOnlyDictionary<string, RehearsalFacts>> FactsAsync(
        Task<IReadOnlyList<ProbedNode>> probing, CancellationToken cancellationToken)
    {
        var probed = await probing;
        var known = KnownFacts.Of(probed);
        var gathered = await new FactGatherer(commands, deployment.Ansible)
            .GatherAsync([.. Answering(probed).Select(node => node.Name)], cancellationToken);
        return probed.ToDictionary(node => node.Name, node => node.Facts is { } facts
            ? known[node.Name] with
            {
                Facts = Over(known[node.Name].Facts, gathered.GetValueOrDefault(node.Name, new Dictionary<string, object?>())),
                Paths = Over(known[node.Name].Paths, PathsOf(facts)),
            }
            : known[node.Name]);
    }

    private static Dictionary<string, T> Over<T>(IReadOnlyDictionary<string, T> first, IReadOnlyDictionary<string, T> stronger) =>
        new([.. first.Where(each => !stronger.ContainsKey(each.Key)), .. stronger]);

    // As stat says it, of what the releases' conditions ask for.
    private static Dictionary<string, object> PathsOf(NodeFacts facts) =>
        new(LookedAt.Select(path =>
            KeyValuePair.Create(path, (object)new { exists = facts.Paths.Contains(path), isdir = false })))
        {
            ["/usr"] = new { exists = true, isdir = true, writeable = facts.MountOf("/usr")?.Options.Contains("ro") != true },
        };

    private async Task<(NodeContent? Says, string? Problem)> AskAsync(
        NodeProber prober, Node node, IReadOnlyList<string> files, CancellationToken cancellationToken)
    {
        try
        {
            var request = prober.WithBecome(new ProbeRequest(), node);
            var ask = ProbeScript.Framed(request, Resource.Text(Script), ("files", string.Join('\n', files)));
            var result = await shell.RunAsync(node, ask, cancellationToken);
            if (result.Failure is { } failure)
                return (null, failure.Message);
            var (says, problem) = NodeContent.Parse(result.Output, request.Marker);
            return (says, problem);
        }
        catch (UserError error)
        {
            return (null, error.Problem);
        }
    }

    // Those that are known by no file are what ssh itself is asked about when it connects.
    private async Task<IReadOnlyDictionary<string, string>> HostKeysAsync(
        IReadOnlyList<Node> nodes, CancellationToken cancellationToken)
    {
        var known = KnownHosts.Read(NodeShells.KnownHostsFiles(deployment.Cluster));
        var scanner = new HostKeyScanner(ssh, commands);
        var found = new ConcurrentDictionary<string, string>();
        var limits = new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(nodes.Where(node => !node.IsLocal), limits, async (node, token) =>
        {
            var port = int.TryParse(SshOptions.Port(node), NumberStyles.None, null, out var number) ? number : 22;
            if (known.TypesFor(node.Address, port) is not { Count: > 0 } types)
                return;
            try
            {
                var key = await scanner.ScanAsync(node, string.Join(',', types.SelectMany(HostKey.Algorithms)), token);
                if (known.Judge(node.Address, port, Convert.FromBase64String(key.Key)) is not null)
                    found[node.Name] = $"it shows the host key {key.Fingerprint} ({key.Type}), which is not the one that is known for it";
            }
            catch (UserError error)
            {
                // That a node is silent is said by itself; one that answers and has no key of a known type shows another.
                if (error.Message.Contains("no matching host key", StringComparison.OrdinalIgnoreCase))
                    found[node.Name] = $"it has none of the kinds of host keys that are known for it ({string.Join(", ", types)})";
            }
        });
        return found;
    }

    private async Task<(KubeApi Api, IReadOnlyList<SmokeCheckResult> Smoke, IReadOnlyList<EtcdStatus> Stores)> AskClusterAsync(
        SmokeExpectations expected, CancellationToken cancellationToken)
    {
        IKubectl kubectl;
        try
        {
            kubectl = await Kubectl();
        }
        catch (UserError error)
        {
            kubectl = new NoKubectl(error);
        }

        var api = new KubeApi(kubectl, ReadLimit, cancellationToken);
        var options = new SmokeOptions
        { Tier = 0, SkipChecks = ComparedHere, ReadLimit = ReadLimit, Settings = deployment.Cluster.Settings.Smoke };
        var smoke = new SmokeRunner(kubectl, log, time) { Etcd = Etcd }.RunAsync(options, expected, cancellationToken);
        IReadOnlyList<KubePod> pods = [];
        try
        {
            pods = await api.ListAsync(ApiPaths.SystemPods, KubePod.Read);
        }
        catch (ApiProblem)
        {
            // The smoke test says so.
        }

        var stores = await EtcdStores.AskAsync(kubectl, pods, Etcd, cancellationToken);
        var report = await smoke;
        return (api, report is { CouldNotRun: { } why, Checks: [] }
            || report.Checks.All(check => check.Status == FindingStatus.Skipped)
            ? [Silent(report.CouldNotRun ?? "every check was skipped")] : report.Checks, stores);
    }

    private static SmokeCheckResult Silent(string why) => SmokeCheckResult.Of(
        CheckCatalog.All<ISmokeCheck>()[0], SmokeVerdict.Fail(why), TimeSpan.Zero) with
    { HadNoAnswer = true };

    // Every read of it fails with the reason why there is none.
    private sealed class NoKubectl(UserError error) : IKubectl
    {
        public string Description => "no kubectl";
        public bool IsLocal => false;

        public Task<KubectlResult> RunAsync(KubectlCall call, CancellationToken cancellationToken = default) =>
            Task.FromResult(new KubectlResult("kubectl", 1, "", $"Unable to connect to the server: {error.Message}",
                TimeSpan.Zero));
    }
}
