namespace KubeLab.Reports;

/// <summary>The timeline by node. What stands in the page is a drawing of the whole run that prints well; the script lays a
/// canvas over it that can be zoomed and walked through.</summary>
internal static class TimelineSection
{
    private const int Width = 1000;
    private const int MostSlots = 500;

    private static readonly TimelineStatus[] Drawn = [
        TimelineStatus.Skipped, TimelineStatus.Ok, TimelineStatus.Changed,
        TimelineStatus.Ignored, TimelineStatus.Failed, TimelineStatus.Unreachable,
    ];

    public static Markup Write(Timeline timeline) => $"""
        <p class="legend"><span class="key ok">ok</span> <span class="key changed">changed</span>
        <span class="key failed">failed or unreachable</span> <span class="key ignored">failed, ignored</span>
        <span class="key skipped">skipped</span> <span class="key idle">idle</span></p>
        <div class="timeline">
        <div class="tools" hidden>
        <button type="button" data-do="in">Zoom in</button>
        <button type="button" data-do="out">Zoom out</button>
        <button type="button" data-do="left" aria-label="Earlier">←</button>
        <button type="button" data-do="right" aria-label="Later">→</button>
        <button type="button" data-do="all">Whole run</button>
        <span class="range" aria-live="polite"></span></div>
        {Drawing(timeline)}
        <canvas hidden tabindex="0" role="application" aria-label="{Label(timeline)}" aria-describedby="timeline-now"></canvas>
        <p id="timeline-now" class="now" aria-live="polite" hidden>Point at the timeline, or choose it and use the arrow keys.
        Drag to zoom.</p>
        </div>
        <details class="all-tasks" hidden><summary>All {timeline.Tasks.Count} tasks</summary>
        <form class="filter"><label>Task or role <input type="search" name="text" autocomplete="off"></label>
        <label>Node <select name="host"><option value="">all</option></select></label>
        <label>Result <select name="status"><option value="">all</option></select></label></form>
        <p class="found" aria-live="polite"></p><div class="scroll" tabindex="0" role="region" aria-label="Tasks"><table>
        <thead><tr><th scope="col">Task</th><th scope="col">Node</th><th scope="col">Result</th>
        <th scope="col" class="num">At</th><th scope="col" class="num">Time</th></tr></thead><tbody></tbody></table></div>
        <button type="button" class="more" hidden>Show more</button></details>
        """;

    private static string Label(Timeline timeline) =>
        $"Timeline of {timeline.Hosts.Count} nodes over {HtmlParts.Elapsed(timeline.Seconds)}. "
        + "Up and down choose a node, left and right walk through its tasks, plus and minus zoom.";

    private static Markup Drawing(Timeline timeline)
    {
        var row = timeline.Hosts.Count <= 12 ? 22 : 10;
        var height = timeline.Hosts.Count * row;
        var slots = Math.Clamp(40_000 / Math.Max(1, timeline.Hosts.Count), 60, MostSlots);
        var paths = Drawn.Select(status => (Status: status, Data: new StringBuilder())).ToDictionary(
            path => path.Status, path => path.Data);
        foreach (var host in timeline.Results.GroupBy(result => result.Host))
            AppendRow(paths, [.. host], timeline.Seconds, slots, (host.Key * row) + 1, row - 2);
        var style = $"line-height:{row}px;font-size:{Math.Min(12, row)}px";
        var drawn = Markup.Join(Drawn, status => Drawing(status, paths[status]));
        var names = Markup.Join(timeline.Hosts, host => $"<li>{host}</li>");
        return $"""
            <div class="drawing"><ol class="names" aria-hidden="true" style="{style}">{names}</ol>
            <svg viewBox="0 0 {Width} {height}" preserveAspectRatio="none" height="{height}"
             role="img" aria-label="What each node did from the beginning to the end of the playbook">
            <rect class="idle" width="{Width}" height="{height}"/>{drawn}</svg></div>
            """;
    }

    private static Markup Drawing(TimelineStatus status, StringBuilder data) =>
        $"<path class=\"{status.ToString().ToLowerInvariant()}\" d=\"{data.ToString()}\"/>";

    // In each slot of time a node has the worst of what it did there; neighbours of a kind are one rectangle.
    private static void AppendRow(
        Dictionary<TimelineStatus, StringBuilder> paths, IReadOnlyList<TimelineResult> results,
        double seconds, int slots, int top, int height)
    {
        var worst = new int[slots];
        foreach (var result in results)
        {
            var from = Math.Clamp((int)(result.Start / Math.Max(seconds, 0.001) * slots), 0, slots - 1);
            var to = Math.Clamp((int)(result.End / Math.Max(seconds, 0.001) * slots), from, slots - 1);
            for (var slot = from; slot <= to; slot++)
                worst[slot] = Math.Max(worst[slot], (int)result.Status + 1);
        }

        for (int from = 0, to; from < slots; from = to)
        {
            for (to = from + 1; to < slots && worst[to] == worst[from];)
                to++;
            if (worst[from] == 0)
                continue;
            var (left, right) = ((double)from * Width / slots, (double)to * Width / slots);
            paths[(TimelineStatus)(worst[from] - 1)].Append(
                CultureInfo.InvariantCulture, $"M{left:0.#} {top}H{right:0.#}v{height}H{left:0.#}z");
        }
    }
}
