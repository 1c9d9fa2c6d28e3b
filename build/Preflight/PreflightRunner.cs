using KubeLab.Ansible;
using KubeLab.Ssh;
using KubeLab.Variables;

namespace KubeLab.Preflight;

/// <summary>The preflight of one cluster: what can be judged without touching a node, and what the nodes say.</summary>
/// <param name="resolver">Resolves templates; null where no Ansible is at hand, so that checks that need one are skipped.</param>
public sealed class PreflightRunner(Deployment deployment, TemplateResolver? resolver, TimeProvider time)
{
    /// <summary>Judges the inventory and the control machine. No node is touched.</summary>
    /// <param name="controlMachine">What is known of this machine; null to leave its checks out.</param>
    /// <exception cref="Commands.UserError">A check is asked for that isn't there.</exception>
    public async Task<PreflightReport> ValidateInventoryAsync(
        PreflightOptions options, ControlMachine? controlMachine = null, CancellationToken cancellationToken = default)
    {
        var started = time.GetUtcNow();
        var rules = Rules(options, rule => rule.Stage == RuleStage.Inventory
            || (rule.Stage == RuleStage.ControlMachine && controlMachine is not null));
        var scene = new PreflightContext(await ResolveAsync(rules, cancellationToken)) { ControlMachine = controlMachine };
        return Report("ValidateInventory", started, rules, options, scene);
    }

    /// <summary>Probes all nodes, each in one round trip, and judges what they say. Nothing is changed on any node.</summary>
    /// <param name="onProbed">Is told of each node that has answered or failed to, possibly on several threads at once.</param>
    /// <param name="controlMachine">What is known of this machine, for checks that compare with it.</param>
    /// <exception cref="Commands.UserError">A check is asked for that isn't there.</exception>
    public async Task<PreflightReport> ValidateNodesAsync(
        INodeShell shell,
        PreflightOptions options,
        Action<ProbedNode>? onProbed = null,
        ControlMachine? controlMachine = null,
        CancellationToken cancellationToken = default)
    {
        var started = time.GetUtcNow();
        var rules = Rules(options, rule => rule.Stage == RuleStage.Nodes);
        var prober = new NodeProber(shell, deployment.Cluster.Settings, time);
        var modules = rules.SelectMany(rule => rule.Modules).Distinct().ToList();
        var probing = ProbeAsync(prober, modules, onProbed, cancellationToken);

        // Ansible resolves templates while the nodes answer.
        var resolving = ResolveAsync(rules, cancellationToken);
        await Task.WhenAll(resolving, probing);
        var scene = new PreflightContext(await resolving) { ControlMachine = controlMachine, Nodes = await probing };
        if (options.Deep)
            scene = scene with { Reach = await ReachAsync(shell, scene, cancellationToken) };
        return Report("ValidateNodes", started, rules, options, scene);
    }

    private static Task<IReadOnlyDictionary<string, ConnectivityResult>> ReachAsync(
        INodeShell shell, PreflightContext scene, CancellationToken cancellationToken)
    {
        var nodes = PortMatrix.Sample([.. scene.Answered.Select(each => each.Node.Node)]);
        var plans = PortMatrix.Plans(nodes, scene.Variables, node => DownloadHostsRule.IsDirect(node, scene)
            ? DownloadHosts.Of(node, scene.Variables).Select(each => each.Target) : []);
        return new ConnectivityProber(shell).ProbeAsync(plans, cancellationToken);
    }

    private async Task<IReadOnlyList<ProbedNode>> ProbeAsync(
        NodeProber prober, IReadOnlyList<string> modules, Action<ProbedNode>? onProbed, CancellationToken cancellationToken)
    {
        // The ports depend on variables, which are not asked for any more once the nodes are, from several threads.
        var requests = deployment.Inventory.Nodes.ToDictionary(
            node => node.Name,
            node => new ProbeRequest
            { Modules = modules, Ports = [.. RolePorts.Of(node, deployment.Variables).Select(port => port.Number)] },
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
        string target, DateTimeOffset started, List<Rule> rules, PreflightOptions options, PreflightContext scene) => new()
    {
        Cluster = deployment.Cluster.Name,
        Distribution = deployment.Distribution.Name,
        Target = target,
        StartedAt = started,
        Nodes = [.. deployment.Inventory.Nodes.Select(node => node.Name)],
        Findings = new RuleRunner(rules, options).Findings(scene),
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
}
