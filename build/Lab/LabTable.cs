using Spectre.Console;

namespace KubeLab.Lab;

/// <summary>Shows the lab's nodes on the console.</summary>
public sealed class LabTable(ConsoleLog log)
{
    /// <summary>Writes a line a node.</summary>
    public void Show(IReadOnlyList<LabNodeStatus> nodes)
    {
        var table = new Table { Border = TableBorder.None };
        foreach (var column in new[] { "node", "state", "address", "memory", "used", "sshd", "" })
            table.AddColumn(new TableColumn(column) { NoWrap = true });
        foreach (var node in nodes)
        {
            table.AddRow(
                Markup.Escape(node.Name), Markup.Escape(node.State), Markup.Escape($"{node.Address}"), Memory(node),
                Megabytes(node.MemoryUsedMb), node.SshAnswers ? "answers" : "-", node.IsWanted ? "" : "not in the inventory");
        }

        log.Render(table);
    }

    private static string Memory(LabNodeStatus node) => node.MemoryMb == node.WantedMemoryMb || node.WantedMemoryMb is null || node.MemoryMb is null
        ? Megabytes(node.MemoryMb)
        : $"{node.MemoryMb} MB, {node.WantedMemoryMb} MB wanted";

    private static string Megabytes(long? megabytes) => megabytes is null ? "-" : $"{megabytes} MB";
}
