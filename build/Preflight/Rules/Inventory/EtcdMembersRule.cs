namespace KubeLab.Preflight;

/// <summary>At least one member of etcd, and an odd number of them: an even one survives no more failures than the odd one below
/// it, and Kubespray refuses it.</summary>
internal sealed class EtcdMembersRule() : ClusterRule("etcd-members", "Members of etcd", RuleStage.Inventory)
{
    public override IReadOnlyList<string> Variables => ["etcd_deployment_type", "ignore_assert_errors"];

    public override IEnumerable<Finding> Judge(PreflightContext scene)
    {
        // With this type kubeadm runs etcd on the control plane nodes, and the group may be missing.
        var byKubeadm = scene.Variables.OfCluster("etcd_deployment_type")?.Text == "kubeadm";
        var group = scene.Inventory.EtcdMembers.Count;
        var count = group == 0 && byKubeadm ? scene.Inventory.ControlPlane.Count : group;
        yield return Verdict(count, scene).Compared(Measure.Of(count), "an odd number", "Kubespray's assert on the group etcd");
    }

    private Finding Verdict(int count, PreflightContext scene)
    {
        if (count == 0)
            return Fail(
                $"{scene.Inventory.Source}: the group etcd is empty",
                "Name one, three or five machines in [etcd]; the control plane nodes will do.");
        if (count % 2 == 1)
            return Pass($"{count} in etcd");
        var problem = $"{scene.Inventory.Source}: {count} members of etcd survive no more failures than {count - 1}";
        var remedy = $"Name {count - 1} or {count + 1} machines in [etcd].";
        return scene.Variables.OfCluster("ignore_assert_errors") is { Unresolved: null, IsTruthy: true }
            ? Warn(problem, remedy) : Fail(problem, remedy);
    }
}
