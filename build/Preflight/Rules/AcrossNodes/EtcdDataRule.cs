namespace KubeLab.Preflight;

/// <summary>Data of an etcd lies only on this cluster's members: else it is another's, and a member starts as that one.</summary>
internal sealed class EtcdDataRule() : ClusterRule("etcd-data", "Remains of another etcd", RuleStage.Nodes)
{
    public override IReadOnlyList<string> Variables => [RolePorts.EtcdDeployment];

    public override IEnumerable<Finding> Judge(PreflightContext scene)
    {
        var byKubeadm = scene.Variables.OfCluster(RolePorts.EtcdDeployment) is { Unresolved: null, Text: "kubeadm" };
        var holders = scene.Answered.Where(each => each.Facts.HasEtcdData).ToList();
        var members = holders.Where(each => each.Node.Node.IsEtcdMember || (byKubeadm && each.Node.Node.IsControlPlane)).ToList();
        // Members of one etcd share its certificate authority; the first one's decides, as the playbook starts with it.
        var ours = members.Select(each => PemFingerprint.Of(each.Facts.EtcdCertificate))
            .FirstOrDefault(print => print is not null);
        return holders.Except(members).Select(each => NotAMember(each.Node.Node))
            .Concat(members.Where(each => PemFingerprint.Of(each.Facts.EtcdCertificate) is { } print && print != ours)
                .Select(each => AnotherEtcd(each.Node.Node)))
            .DefaultIfEmpty(Pass(members.Count == 0 ? "no node holds any" : $"{members.Count} members hold this etcd's"));
    }

    private Finding NotAMember(Node node) => Warn(
        $"{node.Name} holds the data of an etcd (/var/lib/etcd), and is not in the group etcd",
        $"If nobody needs it any more: stop etcd there and remove /var/lib/etcd on {node.Name}.",
        node)
            .Compared("/var/lib/etcd", "no data of an etcd", "the group etcd in the inventory");

    private Finding AnotherEtcd(Node node) => Fail(
        $"{node.Name} holds the data of another etcd than the first member's: their certificate authorities differ",
        $"If nobody needs it any more: stop etcd there and remove /var/lib/etcd and /etc/ssl/etcd on {node.Name}.",
        node)
            .Compared("another certificate authority", "the first member's", "etcd.io, Transport security model");
}
