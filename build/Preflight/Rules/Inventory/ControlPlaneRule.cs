namespace KubeLab.Preflight;

/// <summary>At least one control plane node.</summary>
internal sealed class ControlPlaneRule() : ClusterRule("control-plane", "Control plane nodes", RuleStage.Inventory)
{
    // Without a control plane, what the first of it would be asked is asked of nobody.
    public override IReadOnlyList<string> Restates =>
        ["groups.get( 'kube_control_plane' )", ") kube_control_plane", "groups['kube_control_plane']", "The field 'delegate_to'"];

    public override IEnumerable<Finding> Judge(PreflightContext scene)
    {
        var count = scene.Inventory.ControlPlane.Count;
        var verdict = count > 0
            ? Pass($"{count} in kube_control_plane")
            : Fail(
                $"{scene.Inventory.Source}: the group kube_control_plane is empty",
                "Name at least one machine in [kube_control_plane].");
        yield return verdict.Compared(Measure.Of(count), Measure.Of(1), "Kubespray's assert on the group kube_control_plane");
    }
}
