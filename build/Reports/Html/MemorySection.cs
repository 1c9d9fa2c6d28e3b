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
        var bars = measured.Select(node => Bar(node.Name, node.Memory, most)).ToList();
        Markup first = $"<ul class=\"bars\">{Markup.Join(bars.Take(shown))}</ul>";
        Markup rest = $"<ul class=\"bars\">{Markup.Join(bars.Skip(shown))}</ul>";
        var folded = HtmlParts.If(bars.Count > shown, HtmlParts.Folded($"{bars.Count - shown} more nodes", rest));
        return HtmlParts.Section(
            "memory", "Memory", $"{first}{folded}",
            "What each node has, in MB as Ansible sees it. The line marks what the distribution asks for.");
    }

    private static Markup Bar(string node, MemoryMeasure memory, double most)
    {
        var (kind, mark) = memory.IsEnough ? ("enough", Mark.Passed) : ("short", Mark.Failed);
        var (isRequired, required) = (memory.RequiredMb is not null, memory.RequiredMb ?? 0);
        Markup fill = $"<span class=\"fill\" style=\"width:{100 * memory.ObservedMb / Math.Max(1, most)}%\"></span>";
        Markup line = $"<span class=\"line\" style=\"left:{100 * required / Math.Max(1, most)}%\"></span>";
        return $"""
            <li class="{kind}"><span class="who">{HtmlParts.Mark(mark)} {node}</span>
            <span class="track" aria-hidden="true">{fill}{HtmlParts.If(isRequired, line)}</span>
            <span class="figure"><b>{memory.ObservedMb:0} MB</b>{HtmlParts.If(isRequired, $", needs {required:0} MB")}</span>
            <span class="source">{memory.Source}</span></li>
            """;
    }
}
