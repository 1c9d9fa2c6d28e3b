namespace KubeLab.Preflight;

/// <summary>The control machine has room for the record of a run.</summary>
internal sealed class ControlDiskRule() : ClusterRule("control-disk", "Room on the control machine", RuleStage.ControlMachine)
{
    // KubeLab's own floor: logs, events and reports of one run take some tens of megabytes.
    private const long Floor = 200L << 20;

    public override IEnumerable<Finding> Judge(PreflightContext scene)
    {
        foreach (var (folder, free) in scene.ControlMachine?.FreeBytes ?? new Dictionary<string, long>())
        {
            var verdict = free >= Floor
                ? Pass($"{free >> 20} MB free in {folder}")
                : Fail(
                    $"The control machine has {free >> 20} MB free in {folder}, too little for the record of a run",
                    $"Make room there; older runs are in {scene.Cluster.RunsDirectory}.");
            yield return verdict.Compared(Measure.Of(free >> 20, "MB"), Measure.Of(Floor >> 20, "MB"), "KubeLab's floor");
        }
    }
}
