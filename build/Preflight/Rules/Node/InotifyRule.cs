namespace KubeLab.Preflight;

/// <summary>
/// A user may have as many inotify instances and watches as the kernel allows by itself: the kubelet and the pods of one user
/// share them, and end with "too many open files" where somebody allowed less.
/// </summary>
internal sealed class InotifyRule() : NodeRule("inotify", "Limits of inotify", FindingStatus.Warning)
{
    // inotify_user.c of Linux: 128 instances, and of watches 8192 at the least (inotify(7), since Linux 5.11 more with more
    // memory).
    private const int LeastInstances = 128;
    private const int LeastWatches = 8192;

    // Kubespray raises the instances from v2.31 on.
    private const string Tasks = "roles/kubernetes/preinstall/tasks/0080-system-configurations.yml";
    private const string Instances = "fs.inotify.max_user_instances";

    public override IEnumerable<Finding> Judge(ProbedNode node, NodeFacts facts, PreflightContext scene)
    {
        if (!node.JoinsCluster)
            return [Skip("no pods run here")];
        if (facts is not { InotifyInstances: { } instances, InotifyWatches: { } watches })
            return [Unknown(node, facts.Without("its /proc/sys/fs/inotify can't be read", "grep"))];
        var isRaised = scene.Distribution.File(Tasks) is var file && File.Exists(file)
            && File.ReadAllText(file).Contains(Instances);
        (string Name, int Limit, int Least)[] limits =
            [(Instances, isRaised ? LeastInstances : instances, LeastInstances),
                ("fs.inotify.max_user_watches", watches, LeastWatches)];
        return limits.Where(each => each.Limit < each.Least)
            .Select(each => Warn(
                $"{node.Name}: {each.Name} is {each.Limit}, and the kernel's own is {each.Least} at the least",
                $"Raise it on {node.Name}: sysctl -w {each.Name}={each.Least}, and in a file of /etc/sysctl.d.")
                .Compared(Measure.Of(each.Limit), Measure.Of(each.Least), "inotify(7); the kernel's inotify_user.c"))
            .DefaultIfEmpty(Pass($"{instances} instances, {watches} watches"));
    }
}
