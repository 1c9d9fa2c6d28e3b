using KubeLab.Ansible;
using KubeLab.Ssh;
using KubeLab.Variables;

namespace KubeLab.Preflight;

/// <summary>The preflight of one cluster: what can be judged without touching a node, and what the nodes say.</summary>
/// <param name="resolver">Resolves templates; null where no Ansible is at hand, so that checks that need one are skipped.</param>
/// <param name="rehearsal">Rehearses the release's own asserts; null to leave them out.</param>
/// <param name="downloads">Lists what is downloaded; null where nobody asks for it.</param>
public sealed class PreflightRunner(
    Deployment deployment, TemplateResolver? resolver, TimeProvider time, AssertRehearsal? rehearsal = null,
    DownloadLister? downloads = null)
{
    /// <summary>Judges the inventory and the control machine. No node is touched.</summary>
    /// <param name="controlMachine">What is known of this machine; null to leave its checks out.</param>
    /// <exception cref="Commands.UserError">A check is asked for that isn't there.</exception>
    public async Task<PreflightReport> ValidateInventoryAsync(
        PreflightOptions options, ControlMachine? controlMachine = null, CancellationToken cancellationToken = default)
    {
        var started = time.GetUtcNow();
        var rules = Rules(options, rule => rule is not ReleaseAssertsRule && (rule.Stage == RuleStage.Inventory
            || (rule.Stage == RuleStage.ControlMachine && controlMachine is not null)));
        var rehearsing = RehearseAsync(options, Task.FromResult(Unasked()), cancellationToken);
        var scene = new PreflightContext(await ResolveAsync(rules, cancellationToken)) { ControlMachine = controlMachine };
        var findings = new RuleRunner(rules, options).Findings(scene);
        var rehearsed = Rehearsed(options, scene with { Found = findings, Rehearsal = await rehearsing });
        return Report("ValidateInventory", started, options, [.. findings, .. rehearsed]);
    }

    /// <summary>Probes all nodes, each in one round trip, and judges what they say. Nothing is changed on any node.</summary>
    /// <param name="onProbed">Is told of each node that has answered or failed to, possibly on several threads at once.</param>
    /// <param name="controlMachine">What is known of this machine, for checks that compare with it.</param>
    /// <param name="onJudged">Is told what all other checks found while the release's asserts are still being rehearsed.</param>
    /// <exception cref="Commands.UserError">A check is asked for that isn't there.</exception>
    public async Task<PreflightReport> ValidateNodesAsync(
        INodeShell shell,
        PreflightOptions options,
        Action<ProbedNode>? onProbed = null,
        ControlMachine? controlMachine = null,
        Action<PreflightReport>? onJudged = null,
        CancellationToken cancellationToken = default)
    {
        var started = time.GetUtcNow();
        var rules = Rules(options, rule => rule.Stage == RuleStage.Nodes);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var prober = new NodeProber(shell, deployment.Cluster.Settings, time);
        var modules = rules.SelectMany(rule => rule.Modules).Distinct().ToList();
        var probing = ProbeAsync(prober, modules, onProbed, cancellationToken);

        // Ansible resolves templates, and reads the release's asserts, while the nodes answer.
        var rehearsing = RehearseAsync(options, FactsAsync(probing), ending.Token);
        try
        {
            var resolving = ResolveAsync(rules, cancellationToken);
            await Task.WhenAll(resolving, probing);
            var scene = new PreflightContext(await resolving) { ControlMachine = controlMachine, Nodes = await probing };
            // One after the other: what the disks do would make the ways longer.
            if (options.Deep)
                scene = scene with { Reach = await ReachAsync(shell, scene, cancellationToken) };
            if (options.Deep && downloads is not null && options.Includes(Artifacts))
                scene = scene with
                { Artifacts = await new ArtifactLookout(shell, downloads).LookAsync(scene, cancellationToken) };
            if (options.Deep && options.Includes(CheckCatalog.All<Rule>().OfType<EtcdDiskRule>().Single()))
                scene = scene with { Disks = await MeasureDisksAsync(shell, prober, scene, cancellationToken) };
            var findings = new RuleRunner(rules, options).Findings(scene);
            if (!rehearsing.IsCompleted)
                onJudged?.Invoke(Report("ValidateNodes", started, options, findings));
            var rehearsed = Rehearsed(options, scene with { Found = findings, Rehearsal = await rehearsing });
            return Report("ValidateNodes", started, options, [.. findings, .. rehearsed]);
        }
        catch
        {
            await ending.CancelAsync();
            throw;
        }
    }

    private static async Task<IReadOnlyDictionary<string, RehearsalFacts>> FactsAsync(Task<IReadOnlyList<ProbedNode>> probing) =>
        KnownFacts.Of(await probing);

    private IReadOnlyDictionary<string, RehearsalFacts> Unasked() => deployment.Inventory.Nodes.ToDictionary(
        node => node.Name, _ => new RehearsalFacts { Reason = "no node has been asked yet", Kind = UnknownKind.Later });

    private Task<Rehearsal?> RehearseAsync(
        PreflightOptions options, Task<IReadOnlyDictionary<string, RehearsalFacts>> facts, CancellationToken cancellationToken)
    {
        var isLeftOut = rehearsal is null || RuleRunner.LeftOut(Asserts, options) is not null;
        return isLeftOut ? Task.FromResult<Rehearsal?>(null) : RunAsync(rehearsal!);

        async Task<Rehearsal?> RunAsync(AssertRehearsal asserts) => await asserts.RunAsync(facts, cancellationToken);
    }

    private static ArtifactsRule Artifacts { get; } = CheckCatalog.All<Rule>().OfType<ArtifactsRule>().Single();

    /// <summary>Whether the release's asserts are among the checks that are made.</summary>
    public static bool Rehearses(PreflightOptions options) => options.Includes(Asserts);

    private static ReleaseAssertsRule Asserts { get; } = CheckCatalog.All<Rule>().OfType<ReleaseAssertsRule>().Single();

    private IEnumerable<Finding> Rehearsed(PreflightOptions options, PreflightContext scene) =>
        rehearsal is null ? [] : new RuleRunner([Asserts], options).Findings(scene);

    private static Task<IReadOnlyDictionary<string, DiskMeasure>> MeasureDisksAsync(
        INodeShell shell, NodeProber prober, PreflightContext scene, CancellationToken cancellationToken) =>
        new DiskProber(shell).ProbeAsync(
        [.. scene.Answered.Select(each => each.Node.Node).Where(node => RolePorts.RunsEtcd(node, scene.Variables))
            .Select(node => (node, EtcdFolder.Of(node, scene.Variables).Folder, prober.WithBecome(new ProbeRequest(), node)))],
        cancellationToken);

    private static Task<IReadOnlyDictionary<string, ConnectivityResult>> ReachAsync(
        INodeShell shell, PreflightContext scene, CancellationToken cancellationToken)
    {
        var nodes = PortMatrix.Sample([.. scene.Answered.Select(each => each.Node.Node)]);
        var plans = PortMatrix.Plans(nodes, scene.Variables, node => DownloadHostsRule.IsDirect(node, scene)
            ? DownloadHosts.Of(node, scene.Variables).Select(each => each.Target).Concat(VirtualAddress(scene))
            : VirtualAddress(scene));
        return new ConnectivityProber(shell).ProbeAsync(plans, cancellationToken);
    }

    private static IEnumerable<ConnectivityTarget> VirtualAddress(PreflightContext scene) =>
        ApiAddress.Of(scene.Variables) is { IsVirtual: true, Variable.Unresolved: null } api
            ? [new ConnectivityTarget(api.Address, api.Port)] : [];

    private async Task<IReadOnlyList<ProbedNode>> ProbeAsync(
        NodeProber prober, IReadOnlyList<string> modules, Action<ProbedNode>? onProbed, CancellationToken cancellationToken)
    {
        // The ports depend on variables, which are not asked for any more once the nodes are, from several threads.
        var names = ApiAddress.Names(deployment.Variables, deployment.Distribution);
        var requests = deployment.Inventory.Nodes.ToDictionary(
            node => node.Name,
            node => new ProbeRequest
            {
                Modules = modules,
                Ports = [.. RolePorts.Of(node, deployment.Variables).Select(port => port.Number)],
                Names = names,
                AsksForLibc = GlibcRule.IsAsked(node, deployment.Variables),
            },
            StringComparer.Ordinal);
        var nodes = await prober.ProbeAsync(deployment.Inventory.Nodes, node => requests[node.Name], onProbed, cancellationToken);
        return await prober.LookAgainAtClocksAsync(nodes, cancellationToken);
    }

    private static List<Rule> Rules(PreflightOptions options, Func<Rule, bool> belongs)
    {
        CheckChoice.Verify("--checks", options.Checks, CheckCatalog.Ids<Rule>());
        CheckChoice.Verify("--skip-checks (or preflight.skip in kubelab.yml)", options.SkipChecks, CheckCatalog.Ids<Rule>());
        return [.. CheckCatalog.All<Rule>().Where(belongs)];
    }

    private async Task<Deployment> ResolveAsync(List<Rule> rules, CancellationToken cancellationToken) =>
        deployment.WithVariables(await deployment.Variables.ResolveAsync(
            [.. rules.OfType<NodeRule>().SelectMany(rule => rule.Variables).Distinct()],
            [.. rules.OfType<ClusterRule>().SelectMany(rule => rule.Variables).Distinct()],
            resolver,
            cancellationToken));

    private PreflightReport Report(
        string target, DateTimeOffset started, PreflightOptions options, IReadOnlyList<Finding> findings) => new()
        {
            Cluster = deployment.Cluster.Name,
            Distribution = deployment.Distribution.Name,
            Target = target,
            StartedAt = started,
            Nodes = [.. deployment.Inventory.Nodes.Select(node => node.Name)],
            Findings = findings,
            Duration = time.GetUtcNow() - started,
            Strict = options.Strict,
        };
}

/// <summary>Which checks are made, and how strictly they are read.</summary>
public sealed record PreflightOptions
{
    /// <summary>The ids of the only checks to make; none for all.</summary>
    public IReadOnlyList<string> Checks { get; init; } = [];

    /// <summary>The ids of checks to leave out.</summary>
    public IReadOnlyList<string> SkipChecks { get; init; } = [];

    /// <summary>Whether nodes also find out whom they reach.</summary>
    public bool Deep { get; init; }

    /// <summary>Whether a warning counts as a failure.</summary>
    public bool Strict { get; init; }

    /// <summary>Whether a check is to run.</summary>
    public bool Includes(ICheck check) => !SkipChecks.Contains(check.Id) && (Checks.Count == 0 || Checks.Contains(check.Id));
}
