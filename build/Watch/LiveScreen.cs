using KubeLab.Reports;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace KubeLab.Watch;

/// <summary>What the live view draws.</summary>
/// <param name="state">Where the run stands.</param>
/// <param name="estimate">How long it took last time; null where nothing is known.</param>
internal sealed class LiveScreen(RunState state, RunEstimate? estimate)
{
    /// <summary>Draws where the run stands now.</summary>
    /// <param name="now">The time.</param>
    /// <param name="rows">How many nodes fit; those in trouble come first, then those at work.</param>
    public IRenderable Draw(DateTimeOffset now, int rows)
    {
        var table = new Table { Border = TableBorder.None };
        table.AddColumn(new TableColumn("[grey]node[/]") { NoWrap = true });
        foreach (var column in new[] { "ok", "changed", "failed" })
            table.AddColumn(new TableColumn($"[grey]{column}[/]") { NoWrap = true, Alignment = Justify.Right });
        table.AddColumn(new TableColumn("[grey]now[/]") { NoWrap = true });
        var hosts = state.Hosts.Count <= rows ? [.. state.Hosts] : state.Hosts.OrderBy(host => Urgency(host.Value)).Take(rows).ToList();
        foreach (var (name, host) in hosts)
            table.AddRow(Markup.Escape(name), $"{host.Ok}", Coloured(host.Changed, "yellow"), Coloured(host.Failed, "red"), Doing(host, now));
        List<IRenderable> parts = [Line("Play", state.Play), Line("Task", state.Task), new Markup(Progress(now)), Slowest(now), table];
        if (state.Hosts.Count > hosts.Count)
            parts.Add(new Markup($"[grey]… and {state.Hosts.Count - hosts.Count} nodes more[/]"));
        return new Rows(parts);
    }

    private static Markup Line(string name, string? text) => new($"[grey]{name}[/]  {Markup.Escape(text ?? "-")}") { Overflow = Overflow.Ellipsis };

    private string Progress(DateTimeOffset now)
    {
        var elapsed = state.Started is { } started ? ConsoleLog.Elapsed(now - started) : "0 s";
        var tasks = estimate is null ? $"{state.TasksDone} tasks done" : $"{state.TasksDone} of about {estimate.Tasks} tasks done";
        var left = estimate?.Left(state, now) is { } rest ? $", about {ConsoleLog.Elapsed(rest)} left" : "";
        return $"[grey]Time[/]  {elapsed}, {tasks}{left}";
    }

    private Markup Slowest(DateTimeOffset now)
    {
        var slowest = state.Hosts.Where(host => host.Value.Since is not null).OrderBy(host => host.Value.Since).Select(host => (host.Key, host.Value.Since)).FirstOrDefault();
        return Line("Slow", slowest.Since is { } since && now - since > TimeSpan.FromSeconds(2) ? $"{slowest.Key}, at this task for {ConsoleLog.Elapsed(now - since)}" : null);
    }

    private string Doing(HostState host, DateTimeOffset now) => host switch
    {
        { IsUnreachable: true } => "[red]unreachable[/]",
        { Since: { } since } => $"{Markup.Escape(state.Task ?? "")} [grey]{ConsoleLog.Elapsed(now - since)}{(host.Retries > 0 ? $", try {host.Retries + 1}" : "")}[/]",
        { Failed: > 0 } => "[red]failed[/]",
        _ => "[grey]-[/]",
    };

    private static int Urgency(HostState host) => host switch
    {
        { IsUnreachable: true } or { Failed: > 0 } => 0,
        { Since: not null } => 1,
        _ => 2,
    };

    private static string Coloured(int count, string colour) => count > 0 ? $"[{colour}]{count}[/]" : "0";
}
