namespace KubeLab.Preflight;

/// <summary>The inventory has machines with a role: Ansible ends well where a play matches none.</summary>
internal sealed class HostsRule() : ClusterRule("hosts", "Machines in the inventory", RuleStage.Inventory)
{
    public override IEnumerable<Finding> Judge(PreflightContext scene)
    {
        var inventory = scene.Inventory;
        if (inventory.Nodes.Count > 0)
            return [Pass($"{inventory.Nodes.Count} machines") with { Observed = Measure.Of(inventory.Nodes.Count) }];

        var problem = inventory.Others.Count > 0
            ? $"{inventory.Source} has {inventory.Others.Count} machines, and none is in kube_control_plane, kube_node or etcd"
            : $"{inventory.Source} has no machines";
        return [Fail(
            problem,
            $"Name machines in [kube_control_plane], [etcd] and [kube_node]; see what Ansible reads: ansible-inventory -i {inventory.Source} --graph")
            .Compared(Measure.Of(0), Measure.Of(1), "ansible-playbook ends well without a host")];
    }
}
