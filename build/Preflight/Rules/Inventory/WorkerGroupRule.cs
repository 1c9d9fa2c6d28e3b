namespace KubeLab.Preflight;

/// <summary>The group of workers has members, where the release asserts that: Kubespray up to v2.25.0.</summary>
internal sealed class WorkerGroupRule() : ClusterRule("worker-group", "Members of kube_node", RuleStage.Inventory)
{
    // As the assert names it (up to v2.18 by a template), and as a condition breaks on it where it isn't there.
    public override IReadOnlyList<string> Restates => [") kube_node", "groups.get('kube_node')", "groups['kube_node']"];

    public override IReadOnlyList<string> Variables => ["ignore_assert_errors"];

    public override IEnumerable<Finding> Judge(PreflightContext scene)
    {
        var count = scene.Inventory.Workers.Count;
        if (count > 0 || !scene.Distribution.VariableDemands.Groups.TryGetValue(NodeGroups.Worker, out var assert)
            || scene.Variables.OfCluster("ignore_assert_errors") is { Unresolved: null, IsTruthy: true })
            return [Pass($"{count} in {NodeGroups.Worker}") with { Observed = Measure.Of(count) }];
        return
        [
            Fail(
                $"{scene.Deployment.Lines.Of(NodeGroups.Worker)?.ToString() ?? scene.Inventory.Source}: the group {NodeGroups.Worker} is empty, and the release refuses that",
                $"Name machines in [{NodeGroups.Worker}]; the control plane nodes will do, as [{NodeGroups.Worker}:children] with {NodeGroups.ControlPlane}.")
                    .Compared(Measure.Of(0), Measure.Of(1), assert),
        ];
    }
}
