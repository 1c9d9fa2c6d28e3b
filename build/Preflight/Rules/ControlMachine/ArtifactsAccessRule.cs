namespace KubeLab.Preflight;

/// <summary>The folders that a run writes to on the control machine can be written to.</summary>
internal sealed class ArtifactsAccessRule() : ClusterRule("artifacts-access", "Folders of the control machine", RuleStage.ControlMachine)
{
    public override IEnumerable<Finding> Judge(PreflightContext scene)
    {
        var unwritable = scene.ControlMachine?.Unwritable ?? new Dictionary<string, string>();
        foreach (var (folder, reason) in unwritable)
            yield return Fail(null, $"{folder} can't be written to: {reason}", "The kubeconfig and the record of the run go there: change its owner, or run as the user that owns it.")
                .Compared(reason, "write access", "KubeLab's record of a run, and kubeconfig_localhost");
        if (unwritable.Count == 0)
            yield return Pass(null, "they can be written to");
    }
}
