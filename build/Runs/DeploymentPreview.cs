using KubeLab.Ansible;
using Spectre.Console;

namespace KubeLab.Runs;

/// <summary>Shows what a deployment would do.</summary>
public sealed class DeploymentPreview(ConsoleLog log)
{
    /// <summary>Writes the targets with their reasons, the hosts, the tasks by role, and the command.</summary>
    public void Show(IReadOnlyList<(string Target, LedgerVerdict Verdict)> targets, PlaybookListing listing)
    {
        var table = new Table { Border = TableBorder.None };
        foreach (var column in new[] { "target", "would", "as" })
            table.AddColumn(new TableColumn(column) { NoWrap = column != "as" });
        foreach (var (target, verdict) in targets)
            table.AddRow(Markup.Escape(target), verdict.MaySkip ? "be left out" : "run", Markup.Escape(verdict.Reason));
        log.Render(table);
        log.Info("");
        log.Info($"Hosts ({listing.Hosts.Count}): {string.Join(", ", listing.Hosts)}");
        log.Info($"Tasks in {listing.Plays} plays: {listing.TasksByRole.Values.Sum()}, and those that roles include while they run");
        foreach (var (role, tasks) in listing.TasksByRole.OrderByDescending(each => each.Value).ThenBy(each => each.Key, StringComparer.Ordinal))
            log.Info($"  {tasks,5}  {role}");
        log.Command(listing.Command);
    }
}
