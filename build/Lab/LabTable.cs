namespace KubeLab.Lab;

/// <summary>Shows the lab's nodes on the console.</summary>
public sealed class LabTable(ConsoleLog log)
{
    /// <summary>Writes a line a node.</summary>
    public void Show(IReadOnlyList<LabNodeStatus> nodes)
    {
        var table = new ConsoleTable("node", "state", "address", "memory", "used", "sshd", "");
        foreach (var node in nodes)
        {
            table.Row(
                node.Name, node.State, $"{node.Address}", Memory(node), Megabytes(node.MemoryUsedMb),
                node.SshAnswers ? "answers" : "-", node.IsWanted ? "" : "not in the inventory");
        }

        table.Show(log);
    }

    private static string Memory(LabNodeStatus node) => node.MemoryMb == node.WantedMemoryMb || node.WantedMemoryMb is null || node.MemoryMb is null
        ? Megabytes(node.MemoryMb)
        : $"{node.MemoryMb} MB, {node.WantedMemoryMb} MB wanted";

    private static string Megabytes(long? megabytes) => megabytes is null ? "-" : $"{megabytes} MB";
}
