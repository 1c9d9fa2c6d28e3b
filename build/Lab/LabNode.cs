namespace KubeLab.Lab;

/// <summary>A node as the lab makes it: an LXC system container on this machine.</summary>
/// <param name="Name">Its host name, which is also the container's name.</param>
/// <param name="MemoryMb">Its memory in MB (1024 × 1024 bytes); what <c>/proc/meminfo</c> shows on the node.</param>
public sealed record LabNode(string Name, IPAddress Address, int MemoryMb)
{
    /// <summary>How many of this machine's processors it may use; null for all.</summary>
    public int? Cpus { get; init; }

    /// <summary>The last part of the address, which names the node's end of the bridge.</summary>
    internal byte HostPart => Address.GetAddressBytes()[^1];
}

/// <summary>One node as it is now.</summary>
/// <param name="State">LXC's word in lower case: <c>running</c>, <c>stopped</c>, <c>frozen</c>, <c>absent</c> …</param>
/// <param name="Address">Its address; null for a node that the inventory doesn't have.</param>
/// <param name="MemoryMb">Its memory limit in MB; null unless it runs.</param>
/// <param name="MemoryUsedMb">The memory in use on it in MB, without the file cache; null unless it runs.</param>
/// <param name="IsWanted">Whether the inventory has it; LabUp removes it if not.</param>
/// <param name="WantedMemoryMb">The memory that the inventory gives it in MB; null for a node that it doesn't have.</param>
public sealed record LabNodeStatus(
    string Name,
    string State,
    IPAddress? Address,
    long? MemoryMb,
    long? MemoryUsedMb,
    bool SshAnswers,
    bool IsWanted,
    int? WantedMemoryMb);

/// <summary>What <c>LabUp</c> did to one node.</summary>
public enum NodeChange
{
    /// <summary>Nothing: it was as wanted.</summary>
    None,

    /// <summary>It was made, or made again from the image.</summary>
    Created,

    /// <summary>It was there and not running.</summary>
    Started,

    /// <summary>It got another memory limit while it ran.</summary>
    Resized,

    /// <summary>It was shut down and started again, keeping what is on it.</summary>
    Restarted,

    /// <summary>It ran and something around it was put right, such as its place on the bridge.</summary>
    Repaired,
}

/// <summary>A node image that is there.</summary>
/// <param name="Path">Its directory: <c>rootfs/</c> and <c>mirror/</c>.</param>
/// <param name="Id">Its identity: that of each build of a recipe, and nodes of one build can't run on another.</param>
public sealed record NodeImage(string Path, string Id);

/// <summary>Shows the lab's nodes on the console.</summary>
public sealed class LabTable(ConsoleLog log)
{
    /// <summary>Writes a line a node.</summary>
    public void Show(IReadOnlyList<LabNodeStatus> nodes)
    {
        var table = new ConsoleTable("node", "state", "address", "memory", "used", "sshd", "");
        foreach (var node in nodes)
            table.Row(
                node.Name, node.State, $"{node.Address}", Memory(node), Megabytes(node.MemoryUsedMb),
                node.SshAnswers ? "answers" : "-", node.IsWanted ? "" : "not in the inventory");
        table.Show(log);
    }

    private static string Memory(LabNodeStatus node) =>
        node.MemoryMb == node.WantedMemoryMb || node.WantedMemoryMb is null || node.MemoryMb is null
            ? Megabytes(node.MemoryMb)
            : $"{node.MemoryMb} MB, {node.WantedMemoryMb} MB wanted";

    private static string Megabytes(long? megabytes) => megabytes is null ? "-" : $"{megabytes} MB";
}
