namespace KubeLab.Preflight;

/// <summary>The folders that a run writes to on the control machine can be written to.</summary>
internal sealed class ArtifactsAccessRule() : ClusterRule(
    "artifacts-access", "Folders of the control machine", RuleStage.ControlMachine)
{
    public override IEnumerable<Finding> Judge(PreflightContext scene) =>
        (scene.ControlMachine?.Unwritable ?? new Dictionary<string, string>())
        .Select(each => Fail(
            $"{each.Key} can't be written to: {each.Value}",
            "The kubeconfig and the record of the run go there: change its owner, or run as the user that owns it.")
                .Compared(each.Value, "write access", "KubeLab's record of a run, and kubeconfig_localhost"))
        .DefaultIfEmpty(Pass("they can be written to"));
}
