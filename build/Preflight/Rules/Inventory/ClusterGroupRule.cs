using KubeLab.Variables;

namespace KubeLab.Preflight;

/// <summary>
/// Every control plane node and worker is in <c>k8s_cluster</c> once the playbook has made its groups: the plays that install it
/// are
/// on that group, and without hosts they end well.
/// </summary>
internal sealed class ClusterGroupRule() : ClusterRule("cluster-group", "Members of k8s_cluster", RuleStage.Inventory)
{
    public override IReadOnlyList<string> Restates => ["groups['k8s_cluster']"];

    public override IEnumerable<Finding> Judge(PreflightContext scene)
    {
        var derived = scene.Distribution.DerivedGroups;
        if (derived.Source is null)
            return [Skip("the distribution's tree does not say how its groups are made")];
        var members = derived.Members(NodeGroups.Cluster, scene.Inventory.Written);
        var outside = scene.Inventory.Nodes.Where(node => node.JoinsCluster && !members.Contains(node.Name))
            .Select(node => node.Name).ToList();
        if (outside.Count == 0)
            return [Pass($"{members.Count} in {NodeGroups.Cluster}")];
        var finding = derived.Origins.GetValueOrDefault(NodeGroups.Cluster, []).Contains(NodeGroups.Worker)
            ? Renamed(scene)
            : Fail(
                $"{scene.Inventory.Source}: {string.Join(", ", outside)} {(outside.Count == 1 ? "is" : "are")} not in {NodeGroups.Cluster}, the group that the release's plays are on",
                $"Write [{NodeGroups.Cluster}:children] with the lines {NodeGroups.ControlPlane} and {NodeGroups.Worker}.");
        return [finding.Compared(string.Join(", ", outside), $"in {NodeGroups.Cluster}", derived.Source)];
    }

    // From Kubespray v2.27.0 on it is made of its members' groups, by their names of today alone.
    private Finding Renamed(PreflightContext scene)
    {
        var old = scene.Inventory.Written.Keys.Where(group => NodeGroups.Today(group) != group).ToList();
        var unplaced = new VariableSource(scene.Inventory.Source, null);
        var places = string.Join(", ", old.Select(group => $"{scene.Deployment.Lines.Of(group) ?? unplaced} {group}"));
        return Fail(
            $"{places}: the release makes {NodeGroups.Cluster} of {NodeGroups.ControlPlane} and {NodeGroups.Worker} alone; with the old names all plays but etcd's have no host, and the recap is green",
            $"Rename {string.Join(", ", old.Select(group => $"{group} to {NodeGroups.Today(group)}"))}, also where they are children and in group_vars.");
    }
}
