using KubeLab.Kubernetes;

namespace KubeLab.Lifecycle;

/// <summary>Moves a node's pods to others, within the disruption budgets of those who run them, and names what stands in the
/// way.</summary>
/// <param name="limit">How long pods may take to leave.</param>
public sealed class NodeDrain(IKubectl kubectl, TimeSpan limit)
{
    /// <summary>The variable that says how long pods may take, in both distributions.</summary>
    public static string LimitVariable => "drain_timeout";

    /// <summary>How long they may take where it says nothing, as Kubespray's roles have it.</summary>
    public static TimeSpan DefaultLimit { get; } = TimeSpan.FromMinutes(6);

    private static readonly TimeSpan More = TimeSpan.FromSeconds(30);

    /// <summary>Looks, before anything is done, for budgets that no waiting satisfies: all their pods are well, and none may
    /// leave.</summary>
    /// <returns>What is lost with the node: pods that nobody makes again.</returns>
    /// <exception cref="UserError">There are some, or the API doesn't answer.</exception>
    public async Task<IReadOnlyList<string>> JudgeAsync(string node, CancellationToken cancellationToken = default)
    {
        var (pods, budgets) = await ReadAsync(node, cancellationToken);
        var blocking = Blocking(budgets.Where(budget => budget.IsWhole), pods);
        if (blocking.Count > 0)
            throw new UserError(
                $"{node} can't be drained:\n{string.Join('\n', blocking.Select(line => $"  {line}"))}",
                "Run one more of them elsewhere, or let the budget allow a disruption, then the same again. Nothing was changed.");
        return [.. pods.Where(pod => pod.OwnerKind.Length == 0).Select(pod => $"{pod.Namespace}/{pod.Name}")];
    }

    /// <summary>Drains it.</summary>
    /// <returns>What was done, in a sentence.</returns>
    /// <exception cref="UserError">Pods did not leave in time; the error names them and the budgets that hold them.</exception>
    public async Task<string> RunAsync(string node, CancellationToken cancellationToken = default)
    {
        var result = await kubectl.RunAsync(
            KubectlCall.Of(
                "drain", node, "--ignore-daemonsets", "--delete-emptydir-data", "--force",
                $"--timeout={limit.TotalSeconds:0}s") with
            { Limit = limit + More },
            cancellationToken);
        // A run that was killed may have come as far as taking it out of the cluster.
        if (result.Succeeded)
            return $"{node} is drained, in {result.Duration.TotalSeconds:0} s";
        if (ApiProblem.Classify(result.Error) == ApiProblemKind.NotFound)
            return $"{node} is no node of the cluster any more";
        throw new UserError(
            $"Not all pods have left {node}:\n{await HeldAsync(node, result, cancellationToken)}",
            $"No new pod comes there: kubectl uncordon {node} takes that back. Run one more of them elsewhere, or let the budget allow a disruption.");
    }

    private async Task<string> HeldAsync(string node, KubectlResult result, CancellationToken cancellationToken)
    {
        try
        {
            var (pods, budgets) = await ReadAsync(node, cancellationToken);
            var lines = Blocking(budgets, pods);
            if (lines.Count == 0)
                lines = [.. pods.Select(pod => $"{pod.Namespace}/{pod.Name} is still there").DefaultIfEmpty(Line(result))];
            return string.Join('\n', lines.Select(line => $"  {line}"));
        }
        catch (UserError)
        {
            return $"  {Line(result)}";
        }
    }

    private static string Line(KubectlResult result) => ApiProblem.From("kubectl drain", result).Message;

    private static IReadOnlyList<string> Blocking(IEnumerable<DisruptionBudget> budgets, IReadOnlyList<KubePod> pods) =>
    [
        .. budgets.Where(budget => budget.Allowed == 0)
            .Select(budget => (Budget: budget, Pods: pods.Where(budget.Covers).ToList()))
            .Where(each => each.Pods.Count > 0).Select(each => Blocked(each.Budget, each.Pods)),
    ];

    private static string Blocked(DisruptionBudget budget, IReadOnlyList<KubePod> pods) =>
        $"the PodDisruptionBudget {budget.Namespace}/{budget.Name} lets none of {string.Join(", ", pods.Select(pod => pod.Name))} go: {budget.Healthy} of {budget.Expected} pods are well, and {budget.Wanted} have to be";

    private async Task<(IReadOnlyList<KubePod> Pods, IReadOnlyList<DisruptionBudget> Budgets)> ReadAsync(
        string node, CancellationToken cancellationToken)
    {
        try
        {
            var pods = KubePod.ParseList(await kubectl.OutputAsync(
                KubectlCall.Of(
                    "get", "pods", "--all-namespaces", $"--field-selector=spec.nodeName={node}", "--output", "json"),
                $"The pods of {node}", cancellationToken));
            var budgets = DisruptionBudget.ParseList(await kubectl.OutputAsync(
                KubectlCall.Of("get", "poddisruptionbudgets", "--all-namespaces", "--output", "json"),
                "The budgets of disruptions", cancellationToken));
            // What drain leaves where it is: pods that are bound to the node, and those that have ended.
            return ([.. pods.Where(pod => pod.OwnerKind is not ("DaemonSet" or "Node")
                && pod.Phase is not ("Succeeded" or "Failed"))], budgets);
        }
        catch (Exception exception) when (exception is ApiProblem or JsonException)
        {
            throw new UserError(
                $"What a drain of {node} meets can't be told: {exception.Message}",
                "Bring the API back, then the same again. For a machine that is gone: --node-is-gone. Nothing was changed.",
                exception);
        }
    }
}

/// <summary>A PodDisruptionBudget: how many of its pods may leave now.</summary>
/// <param name="Allowed">How many may leave now.</param>
/// <param name="Healthy">How many are well.</param>
/// <param name="Wanted">How many have to be.</param>
/// <param name="Expected">How many there are to be.</param>
/// <param name="Selector">Its selector.</param>
public sealed record DisruptionBudget(
    string Namespace, string Name, int Allowed, int Healthy, int Wanted, int Expected, JsonElement? Selector)
{
    /// <summary>Whether all its pods are well, so that waiting changes nothing.</summary>
    public bool IsWhole => Expected > 0 && Healthy >= Expected;

    /// <summary>Reads a list of them from its JSON.</summary>
    /// <exception cref="JsonException">The text is none.</exception>
    public static IReadOnlyList<DisruptionBudget> ParseList(string json)
    {
        using var document = JsonDocument.Parse(json);
        return [.. document.RootElement.Clone().Items("items").Select(item => new DisruptionBudget(
            item.Text("metadata", "namespace") ?? "", item.Text("metadata", "name") ?? "",
            item.Number("status", "disruptionsAllowed"), item.Number("status", "currentHealthy"),
            item.Number("status", "desiredHealthy"), item.Number("status", "expectedPods"), item.At("spec", "selector")))];
    }

    /// <summary>Whether a pod counts for it. One without a selector covers none up to policy/v1beta1 and all since: it holds here
    /// what it may hold.</summary>
    public bool Covers(KubePod pod) => pod.Namespace == Namespace && Selector is { } selector
        && selector.Texts("matchLabels").All(label => pod.Labels.GetValueOrDefault(label.Key) == label.Value)
        && selector.Items("matchExpressions").All(each => Holds(each, pod));

    private static bool Holds(JsonElement expression, KubePod pod)
    {
        var has = pod.Labels.TryGetValue(expression.Text("key") ?? "", out var value);
        var isListed = has && expression.Items("values").Any(each => each.Said() == value);
        return expression.Text("operator") switch
        {
            "In" => isListed,
            "NotIn" => !isListed,
            "Exists" => has,
            "DoesNotExist" => !has,
            _ => true,
        };
    }
}
