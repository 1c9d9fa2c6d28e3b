namespace KubeLab.Preflight;

/// <summary>Where images are kept on XFS, it keeps the type of each entry (ftype=1), without which overlay file systems can't be
/// mounted.</summary>
internal sealed class XfsRule() : NodeRule("xfs", "XFS under images")
{
    private const string Manager = "container_manager";
    private static readonly Dictionary<string, string> Folders = new()
    {
        ["containerd"] = "containerd_storage_dir",
        ["docker"] = "docker_daemon_graph",
    };

    private const string Default = "/var/lib/containerd";

    public override IReadOnlyList<string> Variables => [Manager, .. Folders.Values];

    public override IEnumerable<Finding> Judge(ProbedNode node, NodeFacts facts, PreflightContext scene)
    {
        if (!node.JoinsCluster)
            return [Skip("no images are kept here")];
        var folder = scene.Variables.Of(node.Node, Manager) is { Unresolved: null } manager
            && Folders.TryGetValue(manager.Text, out var name) && scene.Variables.Of(node.Node, name) is { Unresolved: null } set
                ? set.Text : Default;
        if (facts.MountOf(folder) is not { } mount)
            return [Unknown(node, facts.Without("its /proc/self/mounts can't be read", "grep"), stops: false)];
        if (mount.Type != "xfs")
            return [Pass($"{folder} lies on {mount.Type}") with { Observed = mount.Type }];
        if (!facts.XfsTypes.TryGetValue(mount.Path, out var keepsTypes))
            return [Unknown(node, facts.Without($"xfs_info does not tell of {mount.Path}", "xfs_info"), stops: false)];
        return
        [
            (keepsTypes
                ? Pass($"{mount.Path} has ftype=1")
                : Fail(
                    $"{node.Name}: {folder} lies on {mount.Path}, an XFS without ftype=1, on which no container can be started",
                    $"Make the file system anew (mkfs.xfs -n ftype=1), or give {folder} on {node.Name} one of its own."))
                .Compared(keepsTypes ? "ftype=1" : "ftype=0", "ftype=1",
                    "docs.docker.com, OverlayFS storage driver, Prerequisites"),
        ];
    }
}
