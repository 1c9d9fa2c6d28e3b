namespace KubeLab.Preflight;

/// <summary>No two nodes call themselves by the same name, unless the playbook renames them anyway.</summary>
internal sealed class UniqueHostNamesRule() : ClusterRule("unique-host-names", "The nodes' own names", RuleStage.Nodes)
{
    /// <summary>Whether the playbook gives nodes their inventory name; it has the variable in its tree.</summary>
    public const string Renames = "override_system_hostname";

    public override IReadOnlyList<string> Variables => [Renames];

    public override IEnumerable<Finding> Judge(PreflightContext scene)
    {
        if (scene.Variables.OfCluster(Renames) is { Unresolved: null, IsTrue: true } set)
            return [Pass(null, $"the playbook gives every node its inventory name ({set.Source})")];
        return Duplicates.Among(scene, (_, facts) => facts.HostName).Judge(
            twins => Fail(
                null,
                $"{twins.Nodes} call themselves {twins.Value}, and a node joins under its own name",
                $"Rename them: hostnamectl set-hostname NAME on each.") with
            {
                Source = "kubernetes.io, Installing kubeadm: unique hostname for every node",
            },
            () => Pass(null, "every node that answered has a name of its own"));
    }
}
