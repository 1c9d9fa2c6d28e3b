using KubeLab.Distributions;
using KubeLab.Variables;

namespace KubeLab.Ansible;

/// <summary>What a run goes by, read once: the cluster with its settings, the distribution, the Ansible that runs it, the
/// inventory and the variables. It never changes: what a target finds out makes another one, which only later targets
/// see.</summary>
/// <param name="rootDirectory">The folder that paths are shown relative to.</param>
public sealed class Deployment(AnsibleEnvironment ansible, Inventory inventory, string rootDirectory)
{
    private const string KubernetesVariable = "kube_version";

    /// <summary>The Ansible, as it runs on the cluster.</summary>
    public AnsibleEnvironment Ansible { get; } = ansible;

    /// <summary>The cluster, with its settings.</summary>
    public Cluster Cluster => Ansible.Cluster;

    /// <summary>What is deployed.</summary>
    public Distribution Distribution => Ansible.Distribution;

    /// <summary>The machines.</summary>
    public Inventory Inventory { get; } = inventory;

    /// <summary>The nodes as the inventory was read: those that leave are still among them.</summary>
    public IReadOnlyList<Node> NodesAtFirst { get; private init; } = inventory.Nodes;

    /// <summary>The variables that the playbook will see.</summary>
    public ClusterVariables Variables { get; private init; } = new(
        inventory, ansible.Defaults, new VariableLocator(ansible.Cluster.InventoryFile, inventory, rootDirectory));

    /// <summary>The Kubernetes that will be installed.</summary>
    public KubernetesRelease Kubernetes => KubernetesRelease.Read(Variables, Distribution);

    /// <summary>The Kubernetes asked for, as the inventory, else the distribution says; null where neither does.</summary>
    public string? ConfiguredKubernetes => Variables.OfCluster(KubernetesVariable) is { IsDefault: false } set
        ? set.Text
        : Distribution.KubernetesVersions.WrittenDefault;

    /// <summary>As it will be once these nodes are taken out of the cluster.</summary>
    public Deployment Without(IReadOnlyCollection<string> names) => With(Inventory.Without(names));

    /// <summary>As it is where the playbook is given a Kubernetes, which outranks the inventory's.</summary>
    public Deployment WithKubernetes(string version) => With(Inventory.With(KubernetesVariable, version));

    /// <summary>As it is once Ansible has resolved templates among the variables.</summary>
    public Deployment WithVariables(ClusterVariables resolved) =>
        new(Ansible, Inventory, rootDirectory) { NodesAtFirst = NodesAtFirst, Variables = resolved };

    private Deployment With(Inventory changed) => new(Ansible, changed, rootDirectory) { NodesAtFirst = NodesAtFirst };
}
