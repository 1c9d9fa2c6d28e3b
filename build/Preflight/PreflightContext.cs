using KubeLab.Ansible;
using KubeLab.Distributions;
using KubeLab.Variables;

namespace KubeLab.Preflight;

/// <summary>All that rules judge: the cluster, what is to be deployed, the variables, and what the nodes said.</summary>
public sealed record PreflightContext(Deployment Deployment)
{
    /// <summary>The cluster.</summary>
    public Cluster Cluster => Deployment.Cluster;

    /// <summary>Its machines.</summary>
    public Inventory Inventory => Deployment.Inventory;

    /// <summary>What is to be deployed.</summary>
    public Distribution Distribution => Deployment.Distribution;

    /// <summary>The variables that the playbook will see.</summary>
    public ClusterVariables Variables => Deployment.Variables;

    /// <summary>The Kubernetes that will be installed.</summary>
    public KubernetesRelease Kubernetes { get; } = Deployment.Kubernetes;

    /// <summary>The machine that the playbook runs on; null where it isn't judged.</summary>
    public ControlMachine? ControlMachine { get; init; }

    /// <summary>The nodes that were probed, in the inventory's order; none before that.</summary>
    public IReadOnlyList<ProbedNode> Nodes { get; init; } = [];

    /// <summary>Whom the nodes reach, by their names; null where they were not asked to find out.</summary>
    public IReadOnlyDictionary<string, ConnectivityResult>? Reach { get; init; }

    /// <summary>Which of the artifacts that they download nodes find; null where they were not asked to look.</summary>
    public ArtifactLook? Artifacts { get; init; }

    /// <summary>How quick the disks under etcd are, by their nodes' names; null where nobody was asked to measure.</summary>
    public IReadOnlyDictionary<string, DiskMeasure>? Disks { get; init; }

    /// <summary>What a rehearsal of the release's own asserts found; null where there was none.</summary>
    public Rehearsal? Rehearsal { get; init; }

    /// <summary>What the other rules found, for the rehearsal, which comes last.</summary>
    public IReadOnlyList<Finding> Found { get; init; } = [];

    /// <summary>The nodes that answered, with what they said.</summary>
    public IEnumerable<(ProbedNode Node, NodeFacts Facts)> Answered =>
        Nodes.Where(node => node.Facts is not null).Select(node => (node, node.Facts!));
}
