namespace KubeLab.Preflight;

/// <summary>No two nodes call themselves by the same name, unless the playbook renames them anyway.</summary>
internal sealed class UniqueHostNamesRule() : TwinsRule("unique-host-names", "The nodes' own names")
{
    /// <summary>Whether the playbook gives nodes their inventory name; it has the variable in its tree.</summary>
    public static string Renames => "override_system_hostname";

    public override IReadOnlyList<string> Variables => [Renames];

    public override IEnumerable<Finding> Judge(PreflightContext scene) =>
        scene.Variables.OfCluster(Renames) is { Unresolved: null, IsTrue: true } set
        ? [Pass($"the playbook gives every node its inventory name ({set.Source})")]
        : Judge(
            scene,
            (_, facts) => facts.HostName,
            "kubernetes.io, Installing kubeadm: unique hostname for every node",
            twins => Fail(
                $"{twins.Nodes} call themselves {twins.Value}, and a node joins under its own name",
                "Rename them: hostnamectl set-hostname NAME on each."),
            "every node that answered has a name of its own");
}
