using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>The test's own namespace and what stands in it, from its creation to its removal.</summary>
public sealed class TestNamespace
{
    /// <summary>The label of every namespace of the test.</summary>
    public static string Label => "kubelab.dev/smoke=true";

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(700);
    private static readonly TimeSpan CreateLimit = TimeSpan.FromSeconds(60);

    private readonly SmokeContext context;
    private readonly IReadOnlyList<ISmokeCheck> checks;
    private readonly NodeStates states;
    private readonly CancellationToken cancellation;
    private readonly Lock gate = new();
    private readonly Lazy<Task<NamespaceSnapshot>> scene;
    private readonly Lazy<Task<AgentReports>> reports;
    private Task<IReadOnlyList<KubePod>>? pods;
    private long podsAsked;

    /// <summary>A namespace that doesn't exist yet.</summary>
    public TestNamespace(
        SmokeContext context, IReadOnlyList<ISmokeCheck> checks, NodeStates states, CancellationToken cancellationToken)
    {
        this.context = context;
        this.checks = checks;
        this.states = states;
        cancellation = cancellationToken;
        var reader = new NamespaceSnapshotReader(this, context, checks, states);
        scene = new(() => reader.ReadAsync(cancellationToken));
        reports = new(() => reader.ReportAsync(cancellationToken));
    }

    /// <summary>The namespace's name: <c>kubelab-smoke-</c> and six random letters.</summary>
    public string Name { get; } = $"kubelab-smoke-{RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz", 6)}";

    /// <summary>What this run writes into its ConfigMap and Secret, so that no older answer is taken for its own.</summary>
    public string Token { get; } = RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz0123456789", 12);

    /// <summary>How many backends there are: enough to see requests and pods spread, few enough to be hit one by one.</summary>
    public int Replicas => Math.Clamp(states.Usable.Count, 2, 3);

    /// <summary>What stands in the namespace once its pods are ready, or their time has passed.</summary>
    public Task<NamespaceSnapshot> SceneAsync() => scene.Value;

    /// <summary>What the agents report.</summary>
    public Task<AgentReports> ReportsAsync() => reports.Value;

    /// <summary>Creates the namespace and the objects of all its checks, in one call.</summary>
    /// <exception cref="ApiProblem">They could not be created.</exception>
    public Task CreateAsync()
    {
        var manifests = checks.OfType<IStagedCheck>().SelectMany(check => check.Manifests).Distinct();
        // Disturbances have limits of their own.
        var limit = checks.OfType<IDisturbance>().Select(check => ((ISmokeCheck)check).Limit)
            .Append(context.Options.Settings.Timeout).Max();
        var owner = SmokeOwner.Current(context.Time.GetUtcNow() + limit + context.Options.RemovalLimit);
        return ApplyAsync(SmokeManifests.Render(["namespace", .. manifests], Values(owner.Values())), cancellation);
    }

    /// <summary>A manifest for this namespace.</summary>
    /// <param name="values">The values that only this one needs.</param>
    public string Render(string manifest, IReadOnlyDictionary<string, string>? values = null) =>
        SmokeManifests.Render([manifest], Values(values ?? new Dictionary<string, string>()));

    /// <summary>The warnings among the namespace's events.</summary>
    /// <exception cref="ApiProblem">There is no answer.</exception>
    public async Task<IReadOnlyList<KubeEvent>> WarningsAsync()
    {
        var events = await context.Api.FreshListAsync($"{ApiPaths.Namespaces}/{Name}/events", KubeEvent.Read);
        return [.. events.Where(item => item.Type == "Warning")];
    }

    /// <summary>The pods of the namespace, at most a moment old: whoever asks within it shares one read.</summary>
    /// <exception cref="ApiProblem">There is no answer.</exception>
    public Task<IReadOnlyList<KubePod>> PodsAsync()
    {
        lock (gate)
        {
            var isStale = pods is null or { IsFaulted: true }
                || (pods.IsCompleted && context.Time.GetElapsedTime(podsAsked) > Interval);
            if (!isStale)
                return pods!;
            podsAsked = context.Time.GetTimestamp();
            return pods = context.Api.FreshListAsync(ApiPaths.PodsOf(Name), KubePod.Read);
        }
    }

    /// <summary>Waits until the namespace's pods are as they should be, or the limit has passed.</summary>
    /// <returns>Whether they are.</returns>
    public Task<bool> WaitForPodsAsync(
        Func<IReadOnlyList<KubePod>, bool> done, TimeSpan limit, CancellationToken cancellationToken) =>
        WaitAsync(async () => done(await PodsAsync()), limit, cancellationToken);

    /// <summary>Waits until something holds, or the limit has passed.</summary>
    /// <returns>Whether it holds.</returns>
    public async Task<bool> WaitAsync(Func<Task<bool>> holds, TimeSpan limit, CancellationToken cancellationToken)
    {
        var end = context.Time.GetUtcNow() + limit;
        while (true)
        {
            if (await holds())
                return true;
            if (context.Time.GetUtcNow() >= end)
                return false;
            await Task.Delay(Interval, context.Time, cancellationToken);
        }
    }

    /// <summary>Runs a command in a pod of the namespace.</summary>
    public Task<KubectlResult> ExecAsync(string pod, string script, TimeSpan limit, CancellationToken cancellationToken) =>
        context.Kubectl.RunAsync(
            KubectlCall.Of("exec", "--namespace", Name, pod, "--", "/bin/sh", "-c", script) with { Limit = limit },
            cancellationToken);

    /// <summary>Creates objects of a manifest in the namespace.</summary>
    /// <exception cref="ApiProblem">They could not be created.</exception>
    public Task ApplyAsync(string manifest, CancellationToken cancellationToken)
    {
        // The server judges the objects itself; kubectl's own validation would load the whole schema first.
        var create = KubectlCall.Of("create", "--validate=false", "--filename", "-") with { Limit = CreateLimit };
        return context.Kubectl.OutputAsync(
            create with { StandardInput = manifest }, $"Creating the namespace {Name} and its objects", cancellationToken);
    }

    /// <summary>Runs kubectl in the namespace.</summary>
    /// <exception cref="ApiProblem">It failed.</exception>
    public Task KubectlAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken) => context.Kubectl.OutputAsync(
        new([.. arguments, "--namespace", Name]) { Limit = CreateLimit }, $"kubectl {string.Join(' ', arguments)}",
        cancellationToken);

    private Dictionary<string, string> Values(IReadOnlyDictionary<string, string> more) => new(more, StringComparer.Ordinal)
    {
        ["namespace"] = Name,
        ["token"] = Token,
        ["image"] = context.Options.PodImage,
        ["replicas"] = Replicas.ToString(CultureInfo.InvariantCulture),
    };
}

/// <summary>The manifests of the test's objects, which lie in the assembly as files with placeholders.</summary>
public static partial class SmokeManifests
{
    private const string Folder = "Smoke/manifests/";

    /// <summary>One document of several manifests, their placeholders <c>${name}</c> replaced.</summary>
    /// <exception cref="InvalidOperationException">A manifest or a placeholder's value is missing.</exception>
    public static string Render(IEnumerable<string> names, IReadOnlyDictionary<string, string> values) =>
        string.Join("\n---\n", names.Select(name => Fill(Resource.Text($"{Folder}{name}.yaml"), name, values)));

    private static string Fill(string text, string name, IReadOnlyDictionary<string, string> values) =>
        Placeholder().Replace(text, match => values.TryGetValue(match.Groups["name"].Value, out var value)
            ? value
            : throw new InvalidOperationException($"{name}.yaml: there is no value for {match.Value}."));

    // A shell's own ${NAME:-...} never looks like this: placeholders are lower case and nothing but a name.
    [GeneratedRegex(@"\$\{(?<name>[a-z]+)\}", RegexOptions.None, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Placeholder();
}

/// <summary>Whether it makes sense to create pods at all. Without a scheduler or a controller no pod would ever start, and the
/// test would blame whatever the pods were meant to show; nor could its namespace be removed.</summary>
public static class TestNamespaceGate
{
    private static readonly string[] Needed = ["kube-controller-manager", "kube-scheduler"];

    /// <summary>Why tier 1 isn't run; null where it can be.</summary>
    public static async Task<string?> ReasonAsync(SmokeContext context, IReadOnlyList<SmokeCheckResult> results)
    {
        var unreachable = results.FirstOrDefault(result => result.Failed && result.Area == SmokeArea.Api);
        if (unreachable is not null)
            return $"the API can't be used: see {unreachable.Id}";
        try
        {
            return Judge(await context.NodeStatesAsync(), await context.SystemPodsAsync());
        }
        catch (ApiProblem problem)
        {
            return $"the API can't be used: {problem.Message}";
        }
    }

    internal static string? Judge(NodeStates states, IReadOnlyList<KubePod> systemPods)
    {
        if (!states.IsKnown)
            return "the kubeconfig's user may not list nodes";
        if (states.Usable.Count == 0)
            return "no node can be used: see nodes-ready";

        var components = systemPods.ToLookup(pod => pod.Labels.GetValueOrDefault("component") ?? "");
        // A control plane that isn't made of pods can't be looked at here; the checks themselves will tell.
        var lost = components["kube-apiserver"].Any()
            ? Needed.FirstOrDefault(name => !components[name].Any(pod => pod.IsReady || states.Trouble(pod.Node) is not null))
            : null;
        return lost is null ? null : $"no {lost} is ready, so no pod would start: see control-plane-pods";
    }
}
