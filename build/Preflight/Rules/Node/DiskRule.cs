namespace KubeLab.Preflight;

/// <summary>There is room on the file systems that Kubernetes fills: more than the share under which the kubelet evicts pods at
/// once, and room for what the deployment itself brings.</summary>
internal sealed class DiskRule() : NodeRule("disk", "Room on the file systems")
{
    // The kubelet's defaults of evictionHard: nodefs.available below 10 %, imagefs.available below 15 %.
    private const string EvictionSource = "the kubelet's eviction thresholds (kubernetes.io, Node-pressure Eviction)";
    private const double EvictionNodeShare = 0.10;
    private const double EvictionImageShare = 0.15;

    // KubeLab's own floors: what the images of a control plane and its add-ons, and the programs, take at the least.
    private const long RoomForImages = 2L << 30;
    private const long RoomForPrograms = 512L << 20;

    public override IEnumerable<Finding> Judge(ProbedNode node, NodeFacts facts, PreflightContext scene)
    {
        if (facts.FileSystems.Count == 0)
            return [Skip("the node has neither stat nor df")];

        // Several paths lie on one file system: it is judged by the path that asks most of it.
        return facts.FileSystems.Where(system => system.SizeBytes > 0).GroupBy(system => system.Id)
            .Select(group => group.Select(system => Judge(node, system)).MaxBy(finding => finding.Status)!)
            .Where(finding => finding.Status != FindingStatus.Passed)
            .DefaultIfEmpty(
                Pass("there is room") with { Observed = $"{Gigabytes(facts.FileSystems.Min(system => system.FreeBytes))} free" });
    }

    private Finding Judge(ProbedNode node, FileSystem system)
    {
        var share = !node.JoinsCluster ? 0 : system.Path switch
        {
            "/var/lib/containerd" or "/var/lib/docker" => EvictionImageShare,
            "/var/lib" or "/var/lib/kubelet" => EvictionNodeShare,
            _ => 0,
        };
        var floor = system.Path is "/var/lib" or "/var/lib/containerd" or "/var/lib/docker" ? RoomForImages : RoomForPrograms;
        var free = system.FreeBytes;
        var observed = $"{Gigabytes(free)} of {Gigabytes(system.SizeBytes)}";
        if (free < system.SizeBytes * share)
        {
            return Fail(
                $"{node.Name} has {observed} free under {system.Path}: below {share:0%} the kubelet reports disk pressure and evicts pods",
                $"Free at least {Gigabytes((long)(system.SizeBytes * share) - free)} more under {system.Path} on {node.Name}, or enlarge the file system.")
                    .Compared(observed, $"{share:0%}", EvictionSource);
        }

        return free >= floor
            ? Pass($"{observed} free under {system.Path}")
            : Fail(
                $"{node.Name} has {Gigabytes(free)} free under {system.Path}, and a deployment needs {Gigabytes(floor)} there",
                $"Make room under {system.Path} on {node.Name}.")
                    .Compared(Gigabytes(free), Gigabytes(floor), "KubeLab's floor");
    }

    private static string Gigabytes(long bytes) =>
        bytes < 10L << 30 ? $"{bytes / (double)(1L << 30):0.0} GB" : $"{bytes >> 30} GB";
}
