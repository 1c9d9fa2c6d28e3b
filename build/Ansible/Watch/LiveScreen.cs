using Spectre.Console;
using Spectre.Console.Rendering;

namespace KubeLab.Ansible;

/// <summary>What the live view draws: lines that never wrap, as each that does moves all below it.</summary>
/// <param name="estimate">How long it took last time; null where nothing is known.</param>
/// <param name="mask">Takes the secrets out of what is drawn; null where there are none.</param>
public sealed class LiveScreen(RunState state, RunEstimate? estimate, Func<string, string>? mask = null)
{
    /// <summary>How many lines are no node's: play, task, time, slowest, heading, how many nodes more, the cursor's.</summary>
    public static int OtherLines => 7;

    private const int LongestName = 32;
    private const int LeastForCounts = 40;
    private const string Counts = "    ok changed failed ";

    /// <summary>Draws where the run stands now.</summary>
    /// <param name="rows">How many nodes fit; those in trouble come first, then those at work.</param>
    public IRenderable Draw(DateTimeOffset now, int width, int rows)
    {
        List<KeyValuePair<string, HostState>> hosts = state.Hosts.Count <= rows
            ? [.. state.Hosts]
            : [.. state.Hosts.OrderBy(host => Urgency(host.Value)).Take(rows)];
        var names = Math.Clamp(
            hosts.Select(host => Cells(host.Key)).DefaultIfEmpty().Max(), 4, Math.Max(4, Math.Min(LongestName, width / 3)));
        List<IRenderable> lines = [
            Line("Play", state.Play, width), Line("Task", state.Task, width),
            Line("Time", Progress(now), width), Line("Slow", Slowest(now), width),
            new Markup($"[grey]{Fit($"{Padded("node", names)}{(width < LeastForCounts ? " " : Counts)}now", width)}[/]"),
            .. hosts.Select(host => Row(host.Key, host.Value, now, names, width)),
        ];
        if (state.Hosts.Count > hosts.Count)
            lines.Add(new Markup($"[grey]{Fit($"… and {state.Hosts.Count - hosts.Count} nodes more", width)}[/]"));
        return new Rows(lines);
    }

    private Markup Line(string name, string? text, int width) =>
        new($"[grey]{name}[/]  {Shown(text ?? "-", width - name.Length - 2)}");

    private Markup Row(string name, HostState host, DateTimeOffset now, int names, int width)
    {
        var shown = Markup.Escape(Padded(Fit(PlainText.Line(Masked(name)), names), names));
        var counts = $"{host.Ok,5} {Coloured(host.Changed, 7, "yellow")} {Coloured(host.Failed, 6, "red")}";
        return new Markup(width < LeastForCounts
            ? $"{shown} {Doing(host, now, width - names - 1)}"
            : $"{shown} {counts} {Doing(host, now, width - names - Counts.Length)}");
    }

    private string Progress(DateTimeOffset now)
    {
        var elapsed = state.Started is { } started ? ConsoleLog.Elapsed(now - started) : "0 s";
        var tasks = estimate is null || state.TasksDone > estimate.Tasks
            ? $"{state.TasksDone} tasks done"
            : $"{state.TasksDone} of about {estimate.Tasks} tasks done";
        var left = estimate?.Left(state, now) is { } rest ? $", about {ConsoleLog.Elapsed(rest)} left" : "";
        return $"{elapsed}, {tasks}{left}";
    }

    private string? Slowest(DateTimeOffset now)
    {
        var slowest = state.Hosts.Where(host => host.Value.Since is not null).OrderBy(host => host.Value.Since)
            .Select(host => (host.Key, host.Value.Since)).FirstOrDefault();
        return slowest.Since is { } since && now - since > TimeSpan.FromSeconds(2)
            ? $"{slowest.Key}, at this task for {ConsoleLog.Elapsed(now - since)}"
            : null;
    }

    private string Doing(HostState host, DateTimeOffset now, int cells)
    {
        switch (host)
        {
            case { IsUnreachable: true }:
                return $"[red]{Shown("unreachable", cells)}[/]";
            case { Since: { } since }:
                // How long it takes is what changes: the name gives way to it.
                var time = $" {ConsoleLog.Elapsed(now - since)}{(host.Retries > 0 ? $", try {host.Retries + 1}" : "")}";
                return $"{Shown(state.Task ?? "", cells - time.Length)}[grey]{Shown(time, cells)}[/]";
            case { Failed: > 0 }:
                return $"[red]{Shown("failed", cells)}[/]";
            default:
                return "[grey]-[/]";
        }
    }

    private static int Urgency(HostState host) => host switch
    {
        { IsUnreachable: true } or { Failed: > 0 } => 0,
        { Since: not null } => 1,
        _ => 2,
    };

    private static string Coloured(int count, int cells, string colour)
    {
        var text = $"{count}".PadLeft(cells);
        return count > 0 ? $"[{colour}]{text}[/]" : text;
    }

    private static string Padded(string text, int cells) => text + new string(' ', Math.Max(0, cells - Cells(text)));

    private string Masked(string text) => ConsoleLog.Inert(mask?.Invoke(text) ?? text);

    private string Shown(string text, int cells) =>
        Markup.Escape(Fit(PlainText.Of(Masked(text), 500).ReplaceLineEndings(" "), cells));

    private static string Fit(string text, int cells) => cells <= 0 ? ""
        : Cells(text) <= cells ? text
        : $"{Segment.Truncate(new Segment(text), cells - 1)?.Text}…";

    private static int Cells(string text) => new Segment(text).CellCount();
}
