using KubeLab.Ansible;

namespace KubeLab.Runs;

/// <summary>Shows what a deployment would do.</summary>
public sealed class DeploymentPreview(ConsoleLog log)
{
    /// <summary>Writes the targets with their reasons, the hosts, the tasks by role, and the command.</summary>
    public void Show(IReadOnlyList<(string Target, LedgerVerdict Verdict)> targets, PlaybookListing listing)
    {
        var table = new ConsoleTable("target", "would").Wide("as");
        foreach (var (target, verdict) in targets)
            table.Row(target, verdict.MaySkip ? "be left out" : "run", verdict.Reason);
        table.Show(log);
        log.Info("");
        log.Info($"Hosts ({listing.Hosts.Count}): {string.Join(", ", listing.Hosts)}");
        log.Info($"Tasks in {listing.Plays} plays: {listing.TasksByRole.Values.Sum()}, and those that roles include while they run");
        foreach (var (role, tasks) in listing.TasksByRole.OrderByDescending(each => each.Value).ThenBy(each => each.Key, StringComparer.Ordinal))
            log.Info($"  {tasks,5}  {role}");
        log.Command(listing.Command);
    }
}
