namespace KubeLab.Preflight;

/// <summary>The disk under etcd is quick: 99 of 100 of its writes are on it within 10 ms.</summary>
internal sealed class EtcdDiskRule() : NodeRule("etcd-disk", "Speed of the disk under etcd", FindingStatus.Warning)
{
    // etcd.io, FAQ, "What does the etcd warning 'failed to send out heartbeat on time' mean": p99 of backend and log under 10 ms.
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(10);

    public override IReadOnlyList<string> Variables => [EtcdFolder.Variable, RolePorts.EtcdDeployment];

    public override IEnumerable<Finding> Judge(ProbedNode node, NodeFacts facts, PreflightContext scene)
    {
        if (!RolePorts.RunsEtcd(node.Node, scene.Variables))
            return [Skip("no etcd runs here")];
        if (scene.Disks is not { } disks)
            return [Skip("only measured with --deep, as it writes")];
        if (disks.GetValueOrDefault(node.Name) is not { Percentile: { } time } measure)
            return [Unknown(node,
                $"its disk was not measured: {disks.GetValueOrDefault(node.Name)?.Failure ?? "it was not asked"}")];
        var folder = EtcdFolder.Of(node.Node, scene.Variables).Folder;
        var (observed, required) = (Measure.Of(Math.Round(time.TotalMilliseconds, 1), "ms"),
            Measure.Of(Limit.TotalMilliseconds, "ms"));
        return
        [
            (time <= Limit
                ? Pass($"{observed} for 99 of 100 of {measure.Writes} writes under {folder}")
                : Warn(
                    $"{node.Name}: one of a hundred writes under {folder} takes longer than {observed}, and etcd wants {required}",
                    $"Give {folder} a quicker disk on {node.Name} (an SSD of its own, no network storage): members of a slow etcd lose their leader."))
                .Compared(observed, required, "etcd.io, FAQ: p99 of wal_fsync_duration_seconds; 22 MiB of 2,300-byte writes"),
        ];
    }
}
