using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>Which nodes can be counted on. <c>nodes-ready</c> reports those that can't; every other check leaves them out and
/// says so, instead of finding the same fault again under another name.</summary>
public sealed class NodeStates
{
    /// <summary>How far a lease may lie behind the newest one. A kubelet renews its own every 10 s, and the cluster calls the
    /// node unknown after 40 s without: a kubelet that missed two is gone before the cluster says so.</summary>
    public static readonly TimeSpan SilenceLimit = TimeSpan.FromSeconds(25);

    private static readonly string[] Pressures = ["MemoryPressure", "DiskPressure", "PIDPressure"];

    private readonly Dictionary<string, NodeState> states;

    private NodeStates(IEnumerable<NodeState> states, bool isKnown)
    {
        this.states = states.ToDictionary(state => state.Name);
        IsKnown = isKnown;
    }

    /// <summary>Nothing is known, as the nodes may not be read.</summary>
    public static NodeStates Unknown { get; } = new([], isKnown: false);

    /// <summary>Whether the nodes could be read.</summary>
    public bool IsKnown { get; }

    /// <summary>The nodes, by name in order.</summary>
    public IEnumerable<NodeState> All => states.Values.OrderBy(state => state.Name, StringComparer.Ordinal);

    /// <summary>The names of the nodes that can be counted on.</summary>
    public IReadOnlyList<string> Usable => [.. All.Where(state => state.Trouble is null).Select(state => state.Name)];

    /// <summary>What is wrong with a node; null where nothing is, or nothing is known.</summary>
    public string? Trouble(string? node) => node is null ? null : states.GetValueOrDefault(node)?.Trouble;

    /// <summary>Judges nodes by their conditions and by the sign of life that each kubelet gives.</summary>
    /// <param name="nodeLeases">The leases of the kubelets; empty where they may not be read.</param>
    /// <param name="otherLeases">The control plane's leases, which tell the time where all kubelets are silent.</param>
    public static NodeStates Judge(
        IReadOnlyList<KubeNode> nodes, IReadOnlyList<KubeLease> nodeLeases, IReadOnlyList<KubeLease> otherLeases)
    {
        var silences = Silences(nodeLeases, otherLeases);
        return new NodeStates(nodes.Select(node => new NodeState(node.Name, Describe(node, silences))), isKnown: true);
    }

    private static string? Describe(KubeNode node, Dictionary<string, TimeSpan> silences)
    {
        var ready = node.Condition("Ready");
        if (ready is null)
            return "has no condition Ready: its kubelet never reported";
        if (ready.Status != "True")
            return $"is not Ready ({ready.Status}, {ready.Reason}): {ready.Message}";
        if (silences.TryGetValue(node.Name, out var silence))
        {
            return $"gives no sign of life: its kubelet renewed its lease {silence.TotalSeconds:0} s before the newest lease, "
                + "so it is stopped or cut off from the API, or the clocks disagree";
        }

        var pressure = Pressures.Select(node.Condition).FirstOrDefault(condition => condition?.Status is "True" or "Unknown");
        if (pressure is not null)
            return $"has {pressure.Type} ({pressure.Reason}): {pressure.Message}";
        var network = node.Condition("NetworkUnavailable");
        return network?.Status == "True" ? $"has no network ({network.Reason}): {network.Message}" : null;
    }

    private static Dictionary<string, TimeSpan> Silences(
        IReadOnlyList<KubeLease> nodeLeases, IReadOnlyList<KubeLease> otherLeases)
    {
        var all = nodeLeases.Concat(otherLeases).Where(lease => lease.Renewed is not null).ToList();
        var newest = all.Count == 0 ? default : all.Max(lease => lease.Renewed!.Value);
        return nodeLeases
            .Where(lease => lease.Renewed is { } renewed && newest - renewed > SilenceLimit && !WasWrittenAfterOne(lease, all))
            .ToDictionary(lease => lease.Name, lease => newest - lease.Renewed!.Value);
    }

    // An old stamp on a lease that was written after one with a much newer stamp is no silence but a clock that lags.
    private static bool WasWrittenAfterOne(KubeLease lease, List<KubeLease> all) =>
        all.Exists(other => other.ResourceVersion < lease.ResourceVersion && other.Renewed - lease.Renewed > SilenceLimit);
}

/// <summary>Whether a node can be counted on.</summary>
/// <param name="Trouble">What is wrong with it; null where nothing is.</param>
public sealed record NodeState(string Name, string? Trouble);
