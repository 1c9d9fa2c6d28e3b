namespace KubeLab.Preflight;

/// <summary>etcd's data lie on a file system of the node's own: over a network, or in memory, its log is late or lost.</summary>
internal sealed class EtcdFileSystemRule() : NodeRule("etcd-file-system", "File system under etcd")
{
    private static readonly string[] OverNetworks =
    [
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "ceph", "glusterfs", "fuse.glusterfs", "fuse.sshfs", "9p", "afs", "lustre",
        "beegfs", "gpfs", "ocfs2",
    ];

    private static readonly string[] InMemory = ["tmpfs", "ramfs"];

    public override IReadOnlyList<string> Variables => [EtcdFolder.Variable, RolePorts.EtcdDeployment];

    public override IEnumerable<Finding> Judge(ProbedNode node, NodeFacts facts, PreflightContext scene)
    {
        if (!RolePorts.RunsEtcd(node.Node, scene.Variables))
            return [Skip("no etcd runs here")];
        var (folder, source) = EtcdFolder.Of(node.Node, scene.Variables);
        if (facts.MountOf(folder) is not { } mount)
            return [Unknown(node, facts.Without("its /proc/self/mounts can't be read", "grep"))];
        var remedy = $"Mount a disk of the node's own there, or set {EtcdFolder.Variable} to a folder on one in {scene.Variables.FileForAllNodes}.";
        var verdict = OverNetworks.Contains(mount.Type)
            ? Fail($"{node.Name}: {folder} lies on {mount.Path}, which is reached over the network ({mount.Type}): etcd waits for it with every write", remedy)
            : InMemory.Contains(mount.Type)
                ? Fail($"{node.Name}: {folder} lies on {mount.Path}, which is kept in memory ({mount.Type}): etcd's data are gone with a restart", remedy)
                : Pass($"{folder} lies on {mount.Type}");
        return [verdict.Compared(mount.Type, "a disk of the node's own", source ?? "etcd.io, Hardware recommendations, Disks")];
    }
}
