using KubeLab.Preflight;

namespace KubeLab.Status;

/// <summary>Disks and memory have room: below it, kubelets end pods.</summary>
internal sealed class RoomCheck : IStatusCheck
{
    // Kubelets collect images from 85 % on and end pods from 90 % on (kubelet's defaults); a large disk's 15 % are enough for
    // long.
    private const double NotableShare = 0.15;
    private const double DangerousShare = 0.05;
    private const long EnoughBytes = 5L * 1024 * 1024 * 1024;
    // memory.available of evictionHard, and twice as much.
    private const long DangerousKb = 100 * 1024;
    private const long NotableKb = 200 * 1024;

    public string Id => "room";
    public string Title => "Disks and memory have room";
    public int Rank => 150;

    public Task<IReadOnlyList<Finding>> JudgeAsync(StatusScene scene, CancellationToken cancellationToken)
    {
        List<Finding> low = [.. scene.Nodes.SelectMany(Judge)];
        return Task.FromResult<IReadOnlyList<Finding>>(low.Count > 0 ? low : [Finding.Same("disks and memory have room")]);
    }

    private static IEnumerable<Finding> Judge(NodeStatus node)
    {
        const string Disk =
            "Make room: crictl rmi --prune, journalctl --vacuum-size=500M, or a larger disk. A Deploy makes none.";
        foreach (var disk in Disks(node.Probed.Facts))
        {
            var share = (double)disk.FreeBytes / disk.SizeBytes;
            var inodes = disk.Inodes > 0 ? (double)disk.FreeInodes / disk.Inodes : 1;
            var what = $"{disk.Path} has {share:P0} of its room left, {disk.FreeBytes / 1024 / 1024 / 1024} GiB, and {inodes:P0} of its inodes";
            if (share < DangerousShare && disk.FreeBytes < EnoughBytes)
                yield return Finding.Broken(node.Name, what, Disk);
            else if ((share < NotableShare && disk.FreeBytes < EnoughBytes) || inodes < DangerousShare)
                yield return Finding.Drift(node.Name, what, Disk);
        }

        if (node.Says?.MemoryKb is not { } memory)
            yield break;
        var left = $"{memory.Available / 1024} MB of {memory.Total / 1024} MB memory are available";
        const string Memory = "Move pods away (kubectl drain), or give it more memory. A Deploy changes nothing about it.";
        if (memory.Available < DangerousKb)
            yield return Finding.Broken(node.Name, left, Memory);
        else if (memory.Available < NotableKb)
            yield return Finding.Drift(node.Name, left, Memory);
    }

    private static IEnumerable<FileSystem> Disks(NodeFacts? facts)
    {
        try
        {
            return [.. (facts?.FileSystems ?? []).Where(disk => disk.SizeBytes > 0 && disk.Path != "/tmp")
                .DistinctBy(disk => disk.Id)];
        }
        catch (UnknownFactException)
        {
            // The node's answer lacks it, which is said of the node.
            return [];
        }
    }
}
