using KubeLab.Clusters;
using KubeLab.Distributions;
using KubeLab.Variables;

namespace KubeLab.Preflight;

/// <summary>All that rules judge: the cluster, what is to be deployed, the variables, and what the nodes said.</summary>
public sealed record PreflightContext
{
    /// <summary>The cluster.</summary>
    public required Cluster Cluster { get; init; }

    /// <summary>Its machines.</summary>
    public required Inventory Inventory { get; init; }

    /// <summary>What is to be deployed.</summary>
    public required Distribution Distribution { get; init; }

    /// <summary>The variables that the playbook will see.</summary>
    public required ClusterVariables Variables { get; init; }

    /// <summary>The Kubernetes that will be installed.</summary>
    public required KubernetesRelease Kubernetes { get; init; }

    /// <summary>The machine that the playbook runs on; null where it isn't judged.</summary>
    public ControlMachine? ControlMachine { get; init; }

    /// <summary>The nodes that were probed, in the inventory's order; none before that.</summary>
    public IReadOnlyList<ProbedNode> Nodes { get; init; } = [];

    /// <summary>Whom the nodes reach, by their names; null where they were not asked to find out.</summary>
    public IReadOnlyDictionary<string, ConnectivityResult>? Reach { get; init; }

    /// <summary>The nodes that answered, with what they said.</summary>
    public IEnumerable<(ProbedNode Node, NodeFacts Facts)> Answered =>
        Nodes.Where(node => node.Facts is not null).Select(node => (node, node.Facts!));
}
