namespace KubeLab.Preflight;

/// <summary>At least one control plane node.</summary>
public sealed class ControlPlaneRule : IClusterRule
{
    public string Id => "control-plane";

    public string Title => "Control plane nodes";

    public RuleStage Stage => RuleStage.Inventory;

    public IEnumerable<Finding> Judge(PreflightContext scene)
    {
        var count = scene.Inventory.ControlPlane.Count;
        var verdict = count > 0
            ? this.Pass(null, $"{count} in kube_control_plane")
            : this.Fail(null, $"{scene.Inventory.Source}: the group kube_control_plane is empty", "Name at least one machine in [kube_control_plane].");
        yield return verdict.Compared(Measure.Of(count), Measure.Of(1), "Kubespray's assert on the group kube_control_plane");
    }
}
