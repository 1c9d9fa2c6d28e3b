using KubeLab.Clusters;
using KubeLab.Distributions;
using KubeLab.Ssh;
using KubeLab.Variables;

namespace KubeLab.Preflight;

/// <summary>The preflight of one cluster: what can be judged without touching a node, and what the nodes say.</summary>
/// <param name="rootDirectory">The folder that paths are shown relative to.</param>
/// <param name="resolver">Resolves templates; null where no Ansible is at hand, so that checks that need one are skipped.</param>
public sealed class PreflightRunner(
    Cluster cluster, Inventory inventory, Distribution distribution, string rootDirectory, TemplateResolver? resolver, TimeProvider time)
{
    private readonly ClusterVariables variables = new(
        inventory, new DistributionDefaults(distribution), new VariableLocator(cluster.InventoryFile, inventory, rootDirectory));

    /// <summary>Judges the inventory and the control machine. No node is touched.</summary>
    /// <param name="controlMachine">What is known of this machine; null to leave its checks out.</param>
    /// <exception cref="Commands.UserError">A check is asked for that isn't there.</exception>
    public async Task<PreflightReport> ValidateInventoryAsync(
        PreflightOptions options, ControlMachine? controlMachine = null, CancellationToken cancellationToken = default)
    {
        var started = time.GetUtcNow();
        var rules = Rules(options, rule => rule.Stage == RuleStage.Inventory || (rule.Stage == RuleStage.ControlMachine && controlMachine is not null));
        await ResolveAsync(rules, cancellationToken);
        return Report("ValidateInventory", started, rules, options, Scene([], controlMachine));
    }

    /// <summary>Probes all nodes, each in one round trip, and judges what they say. Nothing is changed on any node.</summary>
    /// <param name="onProbed">Is told of each node when it has answered or failed to; possibly from several threads at once.</param>
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
        var prober = new NodeProber(shell, cluster.Settings, time);
        var modules = rules.SelectMany(rule => rule.Modules).Distinct(StringComparer.Ordinal).ToList();
        var probing = ProbeAsync(prober, modules, onProbed, cancellationToken);

        // Ansible resolves templates while the nodes answer.
        await Task.WhenAll(ResolveAsync(rules, cancellationToken), probing);
        var scene = Scene(await probing, controlMachine);
        if (options.Deep)
            scene = scene with { Reach = await ReachAsync(shell, scene, cancellationToken) };
        return Report("ValidateNodes", started, rules, options, scene);
    }

    private static Task<IReadOnlyDictionary<string, ConnectivityResult>> ReachAsync(INodeShell shell, PreflightContext scene, CancellationToken cancellationToken)
    {
        var nodes = PortMatrix.Sample([.. scene.Answered.Select(each => each.Node.Node)]);
        var plans = PortMatrix.Plans(nodes, scene.Variables, node => DownloadHostsRule.IsDirect(node, scene)
            ? DownloadHosts.Of(node, scene.Variables).Select(each => each.Target)
            : []);
        return new ConnectivityProber(shell).ProbeAsync(plans, cancellationToken);
    }

    private async Task<IReadOnlyList<ProbedNode>> ProbeAsync(
        NodeProber prober, IReadOnlyList<string> modules, Action<ProbedNode>? onProbed, CancellationToken cancellationToken)
    {
        // The ports depend on variables, which are not asked for any more once the nodes are, from several threads.
        var requests = inventory.Nodes.ToDictionary(
            node => node.Name,
            node => new ProbeRequest { Modules = modules, Ports = [.. RolePorts.Of(node, variables).Select(port => port.Number)] },
            StringComparer.Ordinal);
        var nodes = await prober.ProbeAsync(inventory.Nodes, node => requests[node.Name], onProbed, cancellationToken);
        return await prober.LookAgainAtClocksAsync(nodes, cancellationToken);
    }

    private static List<Rule> Rules(PreflightOptions options, Func<Rule, bool> belongs)
    {
        CheckChoice.Verify("--checks", options.Checks, CheckCatalog.Ids<Rule>());
        CheckChoice.Verify("--skip-checks (or preflight.skip in kubelab.yml)", options.SkipChecks, CheckCatalog.Ids<Rule>());
        return [.. CheckCatalog.All<Rule>().Where(belongs)];
    }

    private Task ResolveAsync(List<Rule> rules, CancellationToken cancellationToken) => variables.ResolveAsync(
        [.. rules.OfType<NodeRule>().SelectMany(rule => rule.Variables).Distinct(StringComparer.Ordinal)],
        [.. rules.OfType<ClusterRule>().SelectMany(rule => rule.Variables).Distinct(StringComparer.Ordinal)],
        resolver,
        cancellationToken);

    private PreflightContext Scene(IReadOnlyList<ProbedNode> nodes, ControlMachine? controlMachine) => new()
    {
        Cluster = cluster,
        Inventory = inventory,
        Distribution = distribution,
        Variables = variables,
        Kubernetes = KubernetesRelease.Read(variables, distribution),
        ControlMachine = controlMachine,
        Nodes = nodes,
    };

    private PreflightReport Report(string target, DateTimeOffset started, List<Rule> rules, PreflightOptions options, PreflightContext scene) => new()
    {
        Cluster = cluster.Name,
        Distribution = distribution.Name,
        Target = target,
        StartedAt = started,
        Nodes = [.. inventory.Nodes.Select(node => node.Name)],
        Findings = new RuleRunner(rules, options).Findings(scene),
        Duration = time.GetUtcNow() - started,
        Strict = options.Strict,
    };
}
