namespace KubeLab.Preflight;

/// <summary>There are inodes left: under 5 % the kubelet evicts pods, whatever room there is.</summary>
internal sealed class InodesRule() : NodeRule("inodes", "Inodes left")
{
    private const double Eviction = 0.05;

    public override IEnumerable<Finding> Judge(ProbedNode node, NodeFacts facts, PreflightContext scene)
    {
        // btrfs and XFS make inodes as they are needed, and may count none.
        var counted = facts.FileSystems.Where(system => system.Inodes > 0).DistinctBy(system => system.Id).ToList();
        if (counted.Count == 0)
            return [Skip("the node's file systems count no inodes")];
        return counted.Where(system => system.FreeInodes < system.Inodes * Eviction).Select(system => Scarce(node.Node, system))
            .DefaultIfEmpty(Pass("there are inodes left"));
    }

    private Finding Scarce(Node node, FileSystem system) => Fail(
        $"{node.Name} has {system.FreeInodes} of {system.Inodes} inodes left under {system.Path}",
        $"Remove what made so many files under {system.Path} on {node.Name} (find {system.Path} -xdev -type f | cut -d/ -f1-4 | sort | uniq -c | sort -n).")
            .Compared($"{(double)system.FreeInodes / system.Inodes:0.0%}", $"{Eviction:0%}",
                "the kubelet's eviction threshold nodefs.inodesFree");
}
