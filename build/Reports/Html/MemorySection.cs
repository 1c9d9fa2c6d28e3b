namespace KubeLab.Reports;

/// <summary>Each node's memory as a bar, with the threshold as a line across it.</summary>
internal static class MemorySection
{
    // With more nodes, those that have enough are one fold away.
    private const int MostShown = 24;

    public static Markup Write(RunReport report)
    {
        var measured = report.Nodes.Where(node => node.Memory is not null).Select(node => (node.Name, Memory: node.Memory!))
            .OrderBy(node => node.Memory.IsEnough).ToList();
        if (measured.Count == 0)
            return Markup.None;
        var most = measured.Max(node => Math.Max(node.Memory.ObservedMb, node.Memory.RequiredMb ?? 0));
        var shown = measured.Count <= MostShown
            ? measured.Count
            : Math.Max(measured.Count(node => !node.Memory.IsEnough), MostShown / 2);
        Markup bars = $"<ul class=\"bars\">{Markup.Join(measured.Take(shown).Select(node => Bar(node.Name, node.Memory, most)))}</ul>";
        var rest = measured.Count > shown
            ? HtmlParts.Folded($"{measured.Count - shown} more nodes", $"<ul class=\"bars\">{Markup.Join(measured.Skip(shown).Select(node => Bar(node.Name, node.Memory, most)))}</ul>")
            : Markup.None;
        return HtmlParts.Section("memory", "Memory", $"{bars}{rest}", "What each node has, in MB as Ansible sees it. The line marks what the distribution asks for.");
    }

    private static Markup Bar(string node, MemoryMeasure memory, double most)
    {
        var width = 100 * memory.ObservedMb / Math.Max(1, most);
        var line = 100 * (memory.RequiredMb ?? 0) / Math.Max(1, most);
        return $"""
            <li class="{(memory.IsEnough ? "enough" : "short")}"><span class="who">{HtmlParts.Mark(memory.IsEnough ? Mark.Passed : Mark.Failed)} {node}</span>
            <span class="track" aria-hidden="true"><span class="fill" style="width:{width}%"></span>{(memory.RequiredMb is null ? Markup.None : HtmlParts.Of($"<span class=\"line\" style=\"left:{line}%\"></span>"))}</span>
            <span class="figure"><b>{memory.ObservedMb:0} MB</b>{(memory.RequiredMb is { } required ? HtmlParts.Of($", needs {required:0} MB") : Markup.None)}</span>
            <span class="source">{memory.Source}</span></li>
            """;
    }
}
